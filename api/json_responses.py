"""JSON answers: Chinese as Chinese, compact, problems as RFC 9457."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from flask import Response
from flask.json.provider import JSONProvider
from structlog.contextvars import get_contextvars

from casework.intake.accept import Accepted
from config.settings import Settings
from schemas.kit.problem import MEDIA_TYPE, FieldError, problem


class _Json(Response):
    """An answer whose headers are complete as they are."""

    def get_wsgi_headers(self, environ: Any) -> Any:  # noqa: ARG002 -- werkzeug's signature
        """Werkzeug would parse and rewrite the Location, which is absolute already."""
        return self.headers


class Provider(JSONProvider):
    """How Flask, and flask-smorest through it, writes JSON."""

    def dumps(self, obj: Any, **_: Any) -> str:
        """As text."""
        return orjson.dumps(obj).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        """Read JSON; bodies are read by :mod:`api.body`, strictly."""
        return orjson.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        """An answer."""
        return answer(self._prepare_response_obj(args, kwargs))


def answer(
    body: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """A JSON answer with the given status and headers."""
    return _json(body, status, "application/json", headers)


def receipt_body(settings: Settings, accepted: Accepted) -> dict[str, Any]:
    """What an applicant is told of an accepted application."""
    return {
        "receipt": accepted.receipt,
        "access_code": accepted.access_code,
        "received_at": accepted.received_at.isoformat(timespec="seconds"),
        "status_url": f"{settings.public_url}/api/v1/applications/{accepted.receipt}",
    }


def refuse(
    status: int,
    code: str,
    title: str,
    detail: str,
    errors: Iterable[FieldError] = (),
    *,
    headers: Mapping[str, str] | None = None,
    **extensions: Any,
) -> Response:
    """A problem answer; see :func:`schemas.kit.problem.problem`."""
    request_id = get_contextvars().get("request_id")
    body = problem(status, code, title, detail, errors, request_id=request_id, **extensions)
    return _json(body, status, MEDIA_TYPE, headers)


def _json(
    body: Mapping[str, Any], status: int, media_type: str, headers: Mapping[str, str] | None
) -> Response:
    text = orjson.dumps(body)
    given = {"Content-Type": media_type, "Content-Length": str(len(text)), **(headers or {})}
    return _Json(text, status=status, headers=given)
