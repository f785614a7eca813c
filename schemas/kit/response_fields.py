"""The kinds of value that answers hold, for the schemas that describe them."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from schemas.kit.describe import about


def text(label: str, help_text: str = "", *, null: bool = False) -> fields.String:
    """A text; `null`: it may be missing."""
    return fields.String(required=True, allow_none=null, **about(label, help_text))


def yuan(label: str, *, null: bool = False) -> fields.String:
    """An amount."""
    return fields.String(
        required=True, allow_none=null, **about(label, "元，两位小数的字符串，如 “60000.00”")
    )


def moment(label: str, *, null: bool = False) -> fields.DateTime:
    """A point in time."""
    return fields.DateTime(required=True, allow_none=null, **about(label, "北京时间"))


def thing(label: str, help_text: str = "") -> fields.Dict:
    """An object of no fixed members."""
    return fields.Dict(**about(label, help_text))


def listed(
    inner: fields.Field[Any] | type[Schema], label: str, help_text: str = ""
) -> fields.List[Any]:
    """A list of fields or of schemas."""
    item = fields.Nested(inner) if isinstance(inner, type) else inner
    return fields.List(item, required=True, **about(label, help_text))
