"""Logs, masking and error reports."""
