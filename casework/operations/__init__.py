"""What an operator asks: doctor, readiness, business time."""
