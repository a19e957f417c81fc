"""Strides and averages: Theorem 6's n / n², and the √n that it proves."""
