"""Numbers, exports and publicity."""
