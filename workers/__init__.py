"""Celery moves the work: the app, one task module per stage, the relay and the schedule."""
