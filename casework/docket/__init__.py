"""One case under lock: its states and its trail."""
