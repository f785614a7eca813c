"""The enterprise's side."""
