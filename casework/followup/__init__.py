"""Visits, promises and requests."""
