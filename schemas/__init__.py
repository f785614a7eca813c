"""The wire contract: forms, errors and responses as marshmallow schemas."""
