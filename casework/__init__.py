"""What happens to an application: one verb-named module per use case, each one transaction."""
