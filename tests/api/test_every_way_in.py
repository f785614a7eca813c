"""Every route, and every way of being somebody: what each is answered, from one table.

A route without a row fails. `tests/support/who_may.py` says which role may what, `routes_for.py`
which route is for whom, `desk_routes.py` the same of the desk's pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api import cookies
from api.services import of
from casework.intake.accept import Accepted
from casework.intake.identity import Identity
from casework.people import accounts, enterprise_sessions, sessions, tokens
from tests.support import desk_routes as desk
from tests.support import filing
from tests.support import routes_for as surface
from tests.support.applications import tenant_body, uscc
from tests.support.desk_client import DeskClient
from tests.support.office import Office
from tests.support.packaged import load_application
from tests.support.people import SESSION, log_in
from tests.support.who_may import APPLICANT_BODIES, BODIES, MAY, PERSON_BODIES
from vocabulary.identity import IdentityLevel, IdentityMeans
from vocabulary.people import OF_PEOPLE, Role
from web.app import create_app
from web.desk.refusals import SECOND_FACTOR

OWN_USCC: Final = uscc(31)
IDENTITIES: Final = {
    IdentityLevel.UNVERIFIED: Identity(),
    IdentityLevel.CONTACT_VERIFIED: Identity(
        IdentityLevel.CONTACT_VERIFIED, IdentityMeans.SMS_CODE
    ),
    IdentityLevel.ASSURED: Identity(IdentityLevel.ASSURED, IdentityMeans.LOGIN),
}
ASSURED: Final = IdentityLevel.ASSURED
PARTS: Final = 8
"""Each a test of its own: on a slow machine all of it takes its time."""
REACHED: Final = "reached"
"""The route's own work begins: whatever it answers, it is no refusal of who asks."""
NOBODY: Final = 401
REFUSED: Final = 403
NOT_THERE: Final = 404
"""One answer for what is not there and what is somebody else's."""
ELSEWHERE: Final = "education"
# Ends what the others are asked with: after everything else.
LAST: Final = ("DELETE /api/v1/session",)


class Way(NamedTuple):
    """A way of being somebody. `roles`: on the bureau side, of `bureau`; `opens`: the levels of
    identity whose application it opens as an applicant; `gone`: it was somebody once."""

    headers: Mapping[str, str] = {}
    cookies: Mapping[str, str] = {}
    roles: frozenset[Role] = frozenset()
    bureau: str = "sasac"
    opens: frozenset[IdentityLevel] = frozenset()
    by_session: bool = False
    enrolling: bool = False
    no_page_token: bool = False


@dataclass
class House:
    """One instance with applications of one enterprise, one at each level of identity."""

    office: Office
    app: Flask
    filed: dict[IdentityLevel, Accepted]
    ways: dict[str, Way] = field(default_factory=dict)

    def client(self, way: Way) -> FlaskClient:
        client = self.app.test_client()
        for name, value in way.cookies.items():
            client.set_cookie(name, value)
        return client


@pytest.fixture
def house(office: Office, tmp_path: Path) -> Iterator[House]:
    simple = replace(office.settings.accounts, second_factor=False)
    signed = tmp_path / "reports.toml"
    signed.write_text(f'sms = "whsec_{"A" * 43}="\n', "utf-8")
    app = create_app(replace(office.settings, accounts=simple, message_reports=signed))
    filed = {}
    for number, (level, identity) in enumerate(IDENTITIES.items(), 1):
        body = tenant_body(uscc=OWN_USCC)
        body["facts"]["leases"][0]["lease_no"] = f"测-{number}"
        made = load_application(body)
        filed[level] = filing.accept(office.db, office.settings, made, identity=identity)
    office.assess_all()
    made_house = House(office, app, filed)
    made_house.ways = dict(ways(made_house))
    yield made_house
    of(app).db.close()


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def ways(house: House) -> Iterator[tuple[str, Way]]:
    """Every way of being somebody, or of having been."""
    office, settings = house.office, house.office.settings

    def token(role: Role, label: str, **more: object) -> str:
        return tokens.create(
            office.db,
            settings,
            bureau="sasac",
            role=role,
            label=label,
            **more,  # type: ignore[arg-type]
        )

    def session(
        login: str, *roles: Role, bureau: str = "sasac", no_page_token: bool = False
    ) -> Way:
        secret = log_in(office, login, bureau, *roles).removeprefix(SESSION)
        given = {} if no_page_token else {"X-CSRF-Token": csrf(office, secret)}
        held = {cookies.SESSION: secret}
        return Way(given, held, frozenset(roles), bureau)._replace(
            by_session=True, no_page_token=no_page_token
        )

    yield "nobody", Way()
    yield "a word that is no secret", Way(bearer("0" * 20))
    for role in Role:
        if role is not Role.INTAKE:
            yield f"token {role}", Way(bearer(token(role, f"测试{role}")), roles=frozenset({role}))
    for level in IdentityLevel:
        made = token(Role.INTAKE, f"测试{level}", vouches=level)
        yield f"token intake {level}", Way(bearer(made), roles=frozenset({Role.INTAKE}))
    for role in OF_PEOPLE:
        yield f"session {role}", session(f"test.{role}", role)
        yield f"session {role} elsewhere", session(f"far.{role}", role, bureau=ELSEWHERE)
    yield (
        "session without the page's token",
        session("test.page", Role.SUPERVISOR, no_page_token=True),
    )
    half = session("test.half", Role.SUPERVISOR)
    with office.db.transaction() as conn:
        conn.exec_driver_sql(
            "UPDATE account_session SET stage = 'enrolling' WHERE account_id ="
            " (SELECT id FROM account WHERE login = 'test.half')"
        )
    yield "session without its second factor", half._replace(enrolling=True)
    # What was somebody once.
    ended = session("test.ended", Role.SUPERVISOR)
    found = sessions.authenticate(office.db, settings, ended.cookies[cookies.SESSION])
    sessions.end(office.db, found, found.id)
    yield "session that was ended", Way(ended.headers, ended.cookies)
    closed = session("test.closed", Role.SUPERVISOR)
    theirs = token(Role.SUPERVISOR, "test.closed")
    accounts.disable(office.db, "test.closed")
    yield "session of a closed account", Way(closed.headers, closed.cookies)
    yield "token of a closed account", Way(bearer(theirs))
    revoked = token(Role.SUPERVISOR, "测试旧")
    late = token(Role.SUPERVISOR, "测试过")
    with office.db.transaction() as conn:
        conn.exec_driver_sql(
            "UPDATE api_token SET revoked_at = app_now() WHERE label = '测试旧';"
            "UPDATE api_token SET expires_at = app_now() WHERE label = '测试过'"
        )
    yield "token that was revoked", Way(bearer(revoked))
    yield "token that has expired", Way(bearer(late))
    elsewhere = token(Role.SYSTEM, "测试远", addresses=["192.0.2.0/24"])
    yield "token from another address", Way(bearer(elsewhere))
    # Applicants.
    for level, accepted in house.filed.items():
        yield f"code {level}", Way(bearer(accepted.access_code), opens=frozenset({level}))
    known = frozenset({IdentityLevel.ASSURED})
    own, other, left = (
        enterprise_sessions.begin(office.db, settings, issuer="i", uscc=whose, name="测试")
        for whose in (OWN_USCC, uscc(32), OWN_USCC)
    )
    enterprise_sessions.end(office.db, settings, left)
    yield "enterprise's session", Way({}, {cookies.ENTERPRISE: own})
    yield "enterprise's session as a code", Way(bearer(f"@{own}"), opens=known)
    yield "another enterprise's session as a code", Way(bearer(f"@{other}"))
    yield "enterprise's session that was ended", Way(bearer(f"@{left}"))


def csrf(office: Office, secret: str) -> str:
    return sessions.csrf(office.settings, secret)


def expected(kind: str, route: str, way: Way, level: IdentityLevel) -> object:  # noqa: PLR0911
    """What a route answers somebody, about the application of that level."""
    reads = route.startswith("GET ")
    shows = "Authorization" in way.headers
    if kind == "public":
        return REACHED
    if kind == "applicant":
        if not shows:
            return NOBODY
        return REACHED if level in way.opens else NOT_THERE
    if kind == "client":
        if not shows or not way.roles:
            return NOBODY
        return REACHED if Role.INTAKE in way.roles else REFUSED
    if kind == "reporter":
        return NOBODY
    # The bureau side.
    if not way.roles or (kind == "person" and not way.by_session):
        return NOBODY
    if way.no_page_token and not reads:
        return REFUSED
    if kind == "person":
        needs_all = "/second-factor" not in route and not route.endswith("/session")
        return REFUSED if way.enrolling and needs_all else REACHED
    if way.enrolling or not way.roles & set(MAY[route].split()):
        return REFUSED
    if "<receipt>" in route and way.bureau == ELSEWHERE:
        return NOT_THERE
    return REACHED


ROWS: Final = {
    **dict.fromkeys(surface.PUBLIC, "public"),
    **dict.fromkeys(surface.APPLICANT, "applicant"),
    **dict.fromkeys(surface.CLIENT, "client"),
    **dict.fromkeys(surface.REPORTER, "reporter"),
    **dict.fromkeys(surface.PERSON, "person"),
    **dict.fromkeys(set(MAY) - surface.CLIENT, "bureau"),
}


def routes_of(app: Flask) -> set[str]:
    return {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def answered(status: int, code: str | None) -> object:
    """REACHED, or how whoever asks was refused."""
    if status == NOT_THERE:
        return NOT_THERE if code in {"application_not_found", "case_not_found"} else REACHED
    return status if status in (NOBODY, REFUSED) else REACHED


def address(path: str, receipt: str) -> str:
    """Of what there is not, where a route names anything but an application."""
    named = path.replace("<receipt>", receipt).replace("<channel>", "sms")
    return re.sub("<[^>]+>", "99999", named)


def piece(route: str) -> dict[str, str]:
    """Of what a document's bytes come with."""
    if not route.startswith("PATCH "):
        return {}
    return {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}


def body_of(route: str, way: Way) -> dict[str, Any]:
    """A body that the route takes where a refusal comes after it is read; nothing else."""
    method, path = route.split()
    if method == "GET":
        return {}
    if method == "PATCH":
        return {"data": b"x"}
    given: Mapping[str, Any] = {}
    if "/applications/<receipt>/" in path:
        act, given = path.partition("<receipt>/")[2], APPLICANT_BODIES
    elif "/account/" in path:
        act, given = path.removeprefix("/api/v1/"), PERSON_BODIES
    else:
        # A case of another bureau is asked for as if it were to change.
        act, given = path.rpartition("/")[2], BODIES if way.bureau == ELSEWHERE else {}
    return {"json": given.get(act, {})}


@pytest.mark.parametrize("part", range(PARTS))
def test_every_route_of_the_api_for_everybody(house: House, part: int) -> None:
    routes = {each for each in routes_of(house.app) if " /api/" in each}
    pages = {each for each in ROWS if " /api/" not in each}
    assert routes == set(ROWS) - pages, "a route without a row, or a row without a route"
    wrong = []
    for route in sorted(sorted(routes)[part::PARTS], key=lambda each: each in LAST):
        kind = ROWS[route]
        if kind == "public":
            continue
        method, path = route.split()
        for name, way in house.ways.items():
            if way.bureau == ELSEWHERE and "<receipt>" not in path:
                continue  # answered as who is here
            # Who opens an application at one level is asked about those at the others, too.
            each = list(IdentityLevel) if kind == "applicant" and way.opens else [ASSURED]
            for level in each:
                answer = house.client(way).open(
                    address(path, house.filed[level].receipt),
                    method=method,
                    headers={"If-Match": '"1"', **way.headers, **piece(route)},
                    **body_of(route, way),
                )
                said = answer.get_json(silent=True) or {}
                got = answered(answer.status_code, said.get("code"))
                if got != expected(kind, route, way, level) or answer.status_code >= 500:
                    wrong.append((route, name, level.value, answer.status_code, said.get("code")))
    assert wrong == []


def test_every_page_of_the_desk_for_everybody(house: House) -> None:
    asked = {each for each in routes_of(house.app) if " /desk" in each}
    assert asked == set(desk.MAY) | desk.OWN | desk.OPEN
    wrong = []
    for name, way in house.ways.items():
        visitor = DeskClient(house.app)
        visitor.http = house.client(way)
        for route in sorted({*desk.MAY, *desk.OWN} - {"POST /desk/account/standing-in"}):
            # No bearer of anything opens a page; a form is known by its own token.
            got = enter(visitor, route, way)
            if got != desk_expected(route, way):
                wrong.append((route, name, got))
    assert wrong == []


def enter(visitor: DeskClient, route: str, way: Way) -> object:
    method, path = route.split()
    if not visitor.token:
        seen = visitor.http.get("/desk/setup")
        found = re.search(r'name="token" value="([^"]+)"', seen.text)
        visitor.token = found[1] if found else ""
    answer = visitor.http.open(
        re.sub("<[^>]*>", "99999", path),
        method=method,
        data={"token": visitor.token} if method == "POST" else None,
        headers=way.headers,
    )
    assert answer.status_code < 500, (route, answer.text)
    to = answer.headers.get("Location", "")
    if to.startswith("/desk/login") or 'action="/desk/login"' in answer.text:
        return NOBODY
    if to == SECOND_FACTOR and way.enrolling:
        return REFUSED
    return answer.status_code if answer.status_code in (NOBODY, REFUSED) else REACHED


def desk_expected(route: str, way: Way) -> object:
    if not (way.by_session and way.roles):
        return NOBODY
    if way.enrolling:
        return REACHED if "second-factor" in route else REFUSED
    return REACHED if route in desk.OWN or way.roles & set(desk.MAY[route].split()) else REFUSED
