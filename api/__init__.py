"""HTTP: thin routes that parse, call one use case and answer."""

from api.app import create_app

__all__ = ["create_app"]
