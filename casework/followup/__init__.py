"""Visits, requests and the pursuit of what is late."""
