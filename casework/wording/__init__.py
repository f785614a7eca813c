"""What is said to people, in Chinese."""
