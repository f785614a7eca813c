"""The form every contender receives: a small restaurant asking for its rent back.

Each serial number gives another enterprise with another lease, so that no two applications claim
the same benefit. All bodies have one length, which keeps the load generator simple.
"""

from __future__ import annotations

import json
import os
from typing import Any

from tests.support.applications import tenant_body, uscc
from tests.support.filing import STATED

TOKEN_VARIABLE = "BENCH_INTAKE_TOKEN"  # noqa: S105 -- its name
SERIAL_MAX = 9_999_999
_MARK = "#######"


def trusted() -> dict[str, str]:
    """The header of a sending system, where the machine has made a token for one. Then bodies say
    too who files; contenders that do not ask ignore both."""
    token = os.environ.get(TOKEN_VARIABLE)
    return {"Authorization": f"Bearer {token}"} if token else {}


def body(serial: int) -> dict[str, Any]:
    """The application of enterprise number `serial` (0 to `SERIAL_MAX`) as a JSON object."""
    number = f"{serial:07d}"
    return _form(number, uscc(int(number)))


def _form(number: str, code: str) -> dict[str, Any]:
    form = tenant_body(
        uscc=code, lease_no=f"ZL-2019-{number}", email=f"test{number}@example.invalid"
    )
    if trusted():
        form |= STATED
    form["enterprise"]["name"] = f"测试餐饮第{number}号"
    form["facts"] |= {
        "difficulty": "疫情期间停业两个月，收入大幅下降。",
        "revenue_2019": {"feb": "650000.00", "mar": "660000.00", "apr": "670000.00"},
        "revenue_2020": {"feb": "20000.00", "mar": "30000.00", "apr": "60000.00"},
        "operation": "closed_by_rule",
    }
    form["facts"]["leases"][0]["months"] = [
        {"month": "2020-03", "rent_due": "30000.00"},
        {"month": "2020-04", "rent_due": "30000.00"},
    ]
    return form


def to_json(document: dict[str, Any]) -> bytes:
    """UTF-8 JSON without spaces, as a browser's `JSON.stringify` would send it."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


class Bodies:
    """The same bodies as `to_json(body(serial))`, some twenty times faster: the generator shares
    the machine with what it measures."""

    def __init__(self) -> None:
        whole = to_json(_form(_MARK, "?" * 18))
        self._pieces: list[bytes] = []
        rest = whole
        while rest:
            marks = [(rest.find(mark), mark) for mark in (_MARK.encode(), b"?" * 18)]
            found = sorted((place, mark) for place, mark in marks if place >= 0)
            if not found:
                break
            place, mark = found[0]
            self._pieces += [rest[:place], mark]
            rest = rest[place + len(mark) :]
        self._pieces.append(rest)
        self.length = len(whole)

    def __call__(self, serial: int) -> bytes:
        """The body of one serial number, UTF-8 JSON."""
        number = f"{serial:07d}"
        pieces = self._pieces.copy()
        digits = number.encode()
        for place in range(1, len(pieces), 2):
            pieces[place] = digits if pieces[place][0] == ord("#") else uscc(int(number)).encode()
        return b"".join(pieces)
