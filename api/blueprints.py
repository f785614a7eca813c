"""flask-smorest's blueprint with query parameters checked as strictly as bodies."""

from __future__ import annotations

from typing import Any, NoReturn

from flask_smorest import Blueprint
from marshmallow import RAISE, ValidationError
from webargs.flaskparser import FlaskParser

from schemas.application import FormatErrors, flatten


class _QueryParser(FlaskParser):
    """Refuses unknown parameters, in our own error format."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"query": RAISE}  # noqa: RUF012 -- webargs declares it so

    def handle_error(self, error: ValidationError, *_: Any, **__: Any) -> NoReturn:
        raise FormatErrors(list(flatten(error.messages)), code="invalid_request")


class Resource(Blueprint):
    """A resource's routes and their documentation."""

    ARGUMENTS_PARSER = _QueryParser()
