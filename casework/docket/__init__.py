"""One case under lock: its states, its trail and what is promised on it."""
