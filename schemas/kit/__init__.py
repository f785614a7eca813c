"""What every schema is made of."""
