"""Parameters of an address, read with the schema that the API reads them with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError

from schemas.kit.format_errors import InvalidRequest, flatten


def read_query(schema: Schema, given: Mapping[str, str]) -> Any:
    """What is asked; what a form left empty was not, and what the schema does not know is passed
    over: messengers add words of their own to a link. Raises InvalidRequest."""
    asked = {name: value for name, value in given.items() if value and name in schema.fields}
    try:
        return schema.load(asked)
    except ValidationError as refused:
        raise InvalidRequest(list(flatten(refused.messages, "/query"))) from None
