"""What a form sends: bounded in size before it is read."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import parse_qsl

from flask import g, request
from marshmallow import Schema, ValidationError
from werkzeug.datastructures import MultiDict

from api.body import read_bytes, require_type
from api.services import services
from schemas.kit.format_errors import flatten
from schemas.kit.problem import Refused

MOST_FIELDS: Final = 10_000
_KEPT: Final = "wenqi_posted"


class Unreadable(Refused):
    """What was sent is no form of ours."""

    status = 400
    code = "unreadable_form"
    title = "没有读懂这次提交"


def posted() -> MultiDict[str, str]:
    """The fields of the present request, as typed. Raises ``Refused`` (400, 413, 415)."""
    kept: MultiDict[str, str] | None = g.get(_KEPT)
    if kept is None:
        require_type(request, "application/x-www-form-urlencoded", "表单")
        body = read_bytes(request, services().settings.max_body_bytes)
        try:
            pairs = parse_qsl(
                body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS
            )
        except ValueError:
            raise Unreadable("提交的内容不完整，请返回上一页再试一次。") from None
        kept = MultiDict(pairs)
        setattr(g, _KEPT, kept)
    return kept


def read_posted(schema: Schema) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The present form as a schema reads it, or what is wrong: name of the field and sentence.

    What was left empty was not sent; what the schema does not know is passed over.
    """
    sent = {name: value for name, value in posted().items() if value and name in schema.fields}
    try:
        return schema.load(sent), []
    except ValidationError as refused:
        faults = flatten(refused.messages)
        return {}, [(each.pointer.removeprefix("/"), each.message) for each in faults]
