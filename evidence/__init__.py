"""What decides a claim: findings, intervals, error levels. Imports no other room."""
