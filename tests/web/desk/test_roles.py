"""Every role on every page of the desk, and nobody without a session."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from flask import Flask

from api.auth import Caller, caller, right_of
from casework.people.access import roles_text
from casework.people.rights import RIGHTS
from tests.support.desk_client import DeskClient
from tests.support.desk_routes import MAY, OPEN, OWN
from vocabulary.people import OF_PEOPLE, Role


def routes(app: Flask, who: Caller) -> Iterator[tuple[str, str]]:
    """Routes of the desk, and the views behind them."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/desk") and caller(app.view_functions[rule.endpoint]) is who:
            for method in (rule.methods or set()) - {"HEAD"}:
                yield f"{method} {rule.rule}", rule.endpoint


def address(route: str) -> str:
    return re.sub(r"<[^>]*>", "1", route.split()[1])


def ask(client: DeskClient, route: str, status: int) -> str:
    send = client.send if route.startswith("POST") else client.get
    return send(address(route), status=status).text


def test_every_route_of_the_desk_is_for_whom_this_list_says(app: Flask) -> None:
    assert {route for route, _ in routes(app, Caller.PUBLIC)} == OPEN
    assert {route for route, _ in routes(app, Caller.PERSON)} == OWN
    asked = dict(routes(app, Caller.BUREAU))
    assert set(asked) == set(MAY)
    for route, endpoint in asked.items():
        right = right_of(app.view_functions[endpoint])
        assert right is not None
        assert set(MAY[route].split()) == RIGHTS[right] & set(OF_PEOPLE), route


def test_nobody_without_a_session(app: Flask) -> None:
    for route in sorted(MAY | dict.fromkeys(OWN)):
        stranger = DeskClient(app)
        if route.startswith("GET"):
            answer = stranger.get(address(route), status=303)
            assert answer.headers["Location"].startswith("/desk/login?to=%2Fdesk%2F"), route
        else:
            # What was typed is carried through the login.
            answer = stranger.send(address(route), {"note": "写好的"}, status=401)
            assert 'name="kept.note" value="写好的"' in answer.text
        assert answer.headers["Cache-Control"] == "no-store"


def test_every_role_on_every_page(enter: Callable[..., DeskClient]) -> None:
    for role in OF_PEOPLE:
        client = enter(f"test.{role}", role)
        for route, may in MAY.items():
            if role in may.split():
                answer = client.http.open(
                    address(route), method=route.split()[0], data={"token": client.token}
                )
                assert answer.status_code not in (401, 403), (route, role)
                assert answer.status_code < 500, (route, role)
                assert answer.headers["Cache-Control"] == "no-store"
            else:
                said = ask(client, route, 403)
                assert "这一页只对" in said
                assert all(Role(each).label in said for each in may.split())
                assert f"您的角色是{role.label}" in said


def test_roles_are_named_in_the_order_of_the_vocabulary() -> None:
    assert roles_text(frozenset({Role.AUDITOR, Role.OFFICER})) == "经办人、审计"
