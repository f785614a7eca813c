"""Rows for letters that are to go out."""
