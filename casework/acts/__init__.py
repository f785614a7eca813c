"""What a person does to a case."""
