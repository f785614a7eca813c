"""Addresses with what PostgreSQL cannot store: refused or not found, never an internal error."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import requests

from casework.people import tokens
from config.settings import Settings
from store.db import Database
from tests.support.app import App
from tests.support.bureau_client import TIMEOUT
from vocabulary.people import Role


def test_no_route_fails_inside_for_an_odd_character(
    launch_app: Callable[..., App], database: Database, settings: Settings
) -> None:
    app = launch_app("api")
    document = requests.get(f"{app.base_url}/openapi.json", timeout=TIMEOUT).json()
    token = tokens.create(
        database, settings, bureau="sasac", role=Role.SUPERVISOR, label="测试窗口"
    )
    asked = 0
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method == "parameters":
                continue
            for odd in ("%00", "a%00b", "%ed%a0%80", "%F0%9F%98%80"):
                for address in _addresses(path, operation, odd):
                    answer = requests.request(
                        method,
                        app.base_url + address,
                        headers={"Authorization": f"Bearer {token}", "If-Match": '"1"'},
                        json={},
                        timeout=TIMEOUT,
                    )
                    asked += 1
                    assert answer.status_code < 500, (method, address, answer.text)
    assert asked > len(document["paths"])


def _addresses(path: str, operation: dict[str, Any], odd: str) -> list[str]:
    """The route with the odd character in its path, and in each of its parameters."""
    names = [each["name"] for each in operation.get("parameters", ()) if each.get("in") == "query"]
    plain = re.sub(r"\{[^}]*\}", "1", path)
    found = [f"{plain}?{name}={odd}" for name in names]
    if plain != path:
        found.append(re.sub(r"\{[^}]*\}", odd, path))
    return found
