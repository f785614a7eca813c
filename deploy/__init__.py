"""Every way to run it."""
