"""Hostile requests, seeded: what no honest client sends, and what a broken one might."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from schemas.forms import FORMS
from tests.support.applications import tenant_body
from tests.support.packaged import example

JSON, NDJSON = "application/json", "application/x-ndjson"
SINGLE, BATCH, SCREENING = (
    "/api/v1/applications",
    "/api/v1/applications/batch",
    "/api/v1/screenings",
)


@dataclass(frozen=True)
class Shot:
    """One request."""

    path: str
    body: bytes
    content_type: str | None = JSON
    headers: dict[str, str] = field(default_factory=dict)
    method: str = "POST"


VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1e308, -0.0, 2**63, 10**400, "", " ", "\x00", "\ud800", "\ufeff",
    "\u202e测试", "0" * 5000, "=cmd|' /C calc'!A0", "@SUM(1)", "-1+1", "<script>alert(1)</script>",
    "'; DROP TABLE application;--", "%s%n{0}${jndi:ldap://x}", "NaN", "1e5", "１２", "2020-02-30",
    "9999-12-31", "0001-01-01", [], [[]], {}, {"": {}}, [None] * 500, {"$ref": "#"}, "\r\nX-A: b",
)  # fmt: skip
TYPES = (JSON, "application/json; charset=utf-16", "text/plain", "application/xml", "", None)
HEADERS: tuple[dict[str, str], ...] = (
    {},
    {"Idempotency-Key": "x" * 201},
    {"Idempotency-Key": '"'},
    {"Idempotency-Key": "é"},
    {"X-Request-ID": "../../etc/passwd"},
    {"Accept": "*/*;q=nan"},
    {"Authorization": "Bearer " + "A" * 4000},
    {"Content-Encoding": "gzip"},
    {"If-Match": "\x7f"},
)
PATHS = (
    "/api/v1/applications/WQ000000-0000000-0", "/api/v1/applications/%00", "/api/v1/provisions/%2e",
    "/api/v1/cases?after=-1&limit=99999999999999999999", "/api/v1/cases/%F0%9F%92%A9",
    "/api/v1/publicity?after=a&limit=0", "/api/v1/downloads/" + "x" * 3000, "/..%2f..%2fetc/passwd",
    "/api/v1/calendar/%0a.ics", "/docs/assets/..%2f..%2fwsgi.py", "/" + "a/" * 800,
)  # fmt: skip


def shots(seed: int) -> Iterator[Shot]:
    """Requests without end."""
    chance = random.Random(seed)
    makers: tuple[tuple[Callable[[random.Random], Shot], int], ...] = (
        (_changed, 8),
        (_bytes, 3),
        (_odd, 2),
        (_batch, 2),
        (_path, 1),
    )
    choices, weights = zip(*makers, strict=True)
    while True:
        yield chance.choices(choices, weights)[0](chance)


def _body(chance: random.Random) -> Any:
    if chance.random() < 1 / 3:
        return tenant_body()
    return copy.deepcopy(example(chance.choice(sorted(FORMS))))


def _changed(chance: random.Random) -> Shot:
    """An example with some members replaced, removed, added or nested."""
    body = _body(chance)
    for _ in range(chance.randint(1, 3)):
        place = body
        while isinstance(place, dict | list) and place:
            keys = list(place) if isinstance(place, dict) else range(len(place))
            key = chance.choice(list(keys))
            inner = place[key]
            if isinstance(inner, dict | list) and inner and chance.random() < 3 / 4:
                place = inner
                continue
            draw = chance.random()
            if draw < 1 / 10 and isinstance(place, dict):
                del place[key]
            elif draw < 2 / 10 and isinstance(place, dict):
                place[chance.choice(["", "__proto__", "x" * 300, "测试", "\x00"])] = inner
            else:
                place[key] = copy.deepcopy(chance.choice(VALUES))
            break
    path = SCREENING if chance.random() < 1 / 5 else SINGLE
    return Shot(path, json.dumps(body).encode("utf-8", "surrogatepass"))


def _bytes(chance: random.Random) -> Shot:
    """Something that is not JSON any more, or is too much of it."""
    body = json.dumps(_body(chance), ensure_ascii=chance.random() < 1 / 2).encode()
    depth = chance.choice([100, 5_000, 100_000])
    flipped = bytearray(body)
    for _ in range(chance.randint(1, 20)):
        flipped[chance.randrange(len(body))] = chance.randrange(256)
    made: list[bytes | bytearray] = [
        body[: chance.randrange(len(body))],
        flipped,
        b"[" * depth + b"]" * depth,
        b'{"provision":"m01_tenant","provision":' + bytes(body) + b"}",
        b"9" * chance.choice([400, 50_000]),
        b'{"a":"' + b"x" * chance.choice([1000, 300_000]) + b'"}',
        chance.randbytes(chance.randint(0, 2000)),
    ]
    return Shot(chance.choice([SINGLE, SCREENING]), bytes(chance.choice(made)))


def _odd(chance: random.Random) -> Shot:
    """A body of the wrong kind, odd headers, another method."""
    method = chance.choice(["POST", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "GET"])
    body = b"" if chance.random() < 1 / 3 else json.dumps({"provision": "x"}).encode()
    return Shot(SINGLE, body, chance.choice(TYPES), dict(chance.choice(HEADERS)), method)


def _batch(chance: random.Random) -> Shot:
    """Lines of every kind in one batch."""
    lines = []
    for _ in range(chance.randint(0, 12)):
        made = _changed(chance) if chance.random() < 2 / 3 else _bytes(chance)
        lines.append(made.body[:20_000])
    ends = chance.choice([b"\n", b"\r\n", b"\n\n\n", b"\x0b", b"\r", b""])
    return Shot(BATCH, ends.join(lines), NDJSON, dict(chance.choice(HEADERS)))


def _path(chance: random.Random) -> Shot:
    """Somewhere there is nothing."""
    return Shot(chance.choice(PATHS), b"", None, dict(chance.choice(HEADERS)), "GET")
