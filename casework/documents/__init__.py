"""Attached files: read in a process of their own, encrypted, stored, checked and swept."""
