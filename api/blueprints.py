"""flask-smorest's blueprint with query parameters checked as strictly as bodies."""

from __future__ import annotations

from typing import Any, NoReturn

from flask import request
from flask_smorest import Blueprint
from marshmallow import RAISE, ValidationError
from webargs.flaskparser import FlaskParser

from schemas.application import InvalidRequest, flatten
from schemas.kit.problem import FieldError


class _QueryParser(FlaskParser):
    """Refuses unknown parameters, in our own error format."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"query": RAISE}  # noqa: RUF012 -- webargs declares it so

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        _refuse_repeated()
        return super().parse(*args, **kwargs)

    def handle_error(self, error: ValidationError, *_: Any, **__: Any) -> NoReturn:
        raise InvalidRequest(list(flatten(error.messages)))


def _refuse_repeated() -> None:
    """No parameter of ours takes several values; taking one of two silently would mislead."""
    repeated = [name for name, values in request.args.lists() if len(values) > 1]
    if repeated:
        errors = [
            FieldError(f"/query/{name}", "repeated", "同一参数只能填写一次。") for name in repeated
        ]
        raise InvalidRequest(errors)


class Resource(Blueprint):
    """A resource's routes and their documentation."""

    ARGUMENTS_PARSER = _QueryParser()
