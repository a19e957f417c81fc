"""Pictures of DAGs."""
