"""One request of the demonstrations to the API."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, NamedTuple

REQUEST_SECONDS: Final = 15

Body = Mapping[str, Any]


class DemoError(Exception):
    """The demonstration cannot go on; the message says why."""


class ApiUnreachableError(DemoError):
    """No answer, or 503: a moment later it may be another."""


class RefusedError(DemoError):
    """The API refused a request. `code`: the problem's."""

    def __init__(self, said: str, code: str | None) -> None:
        super().__init__(said)
        self.code = code


class Answer(NamedTuple):
    """What the API answered. `etag`: empty without one."""

    body: dict[str, Any]
    etag: str


def call(
    address: str, credential: str | None = None, body: Body | None = None, **headers: str
) -> Answer:
    """GET, or POST where there is a body; `If_Match="…"` sends the header If-Match.

    Raises DemoError with a refusal's own words.
    """
    sent = {"Content-Type": "application/json"}
    if credential is not None:
        sent["Authorization"] = f"Bearer {credential}"
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address, data, sent)  # noqa: S310 -- our own API
    try:
        with urllib.request.urlopen(request, timeout=REQUEST_SECONDS) as answer:  # noqa: S310
            return Answer(json.load(answer), answer.headers.get("ETag", ""))
    except urllib.error.HTTPError as refusal:
        said = refusal.read().decode("utf-8", "replace")
        sentence = f"{request.get_method()} {address}: {refusal.code} {said}"
        if refusal.code == HTTPStatus.SERVICE_UNAVAILABLE:
            raise ApiUnreachableError(sentence) from refusal
        raise RefusedError(sentence, _code(said)) from refusal
    except OSError as error:
        raise ApiUnreachableError(f"{request.get_method()} {address}: {error}") from error


def _code(said: str) -> str | None:
    try:
        return str(json.loads(said)["code"])
    except (ValueError, KeyError, TypeError):
        return None
