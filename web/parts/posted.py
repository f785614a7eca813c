"""What a form sends: bounded in size before it is read."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl

from flask import g, request
from werkzeug.datastructures import MultiDict

from api.body import read_bytes, require_type
from api.services import services
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
