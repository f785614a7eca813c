"""Whatever an officer is shown of a case, by the API or on a page of the desk, is on its trail."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final, NamedTuple

import pytest
from flask import Flask

from api.services import of
from casework.followup import requests, visit_calendar
from casework.followup.requests import Asked
from casework.people import tokens
from casework.reporting import export_files, exports
from casework.reporting.reports import REPORTS
from casework.reporting.scope import Scope
from casework.work.dispatch import Stage
from tests.support import desk_routes as desk
from tests.support.applications import tenant_body
from tests.support.desk_client import DeskClient
from tests.support.ledgers import claim_ids, scalar
from tests.support.office import HEAD, Office
from tests.support.papers import by_code, hand_in
from tests.support.who_may import MAY
from vocabulary.exports import ExportFormat
from vocabulary.people import Role
from web.app import create_app

PHONE: Final = "13900000042"
SHOWN_BY: Final = {"GET /api/v1/calendar/<secret>.ics", "GET /api/v1/downloads/<secret>"}
"""By an address that an officer made."""
# That a case was put into a file is on its trail; that it was fetched names the file.
NAMED_BEFORE: Final = {"GET /api/v1/downloads/<secret>"}
NO_CASE: Final = {
    "GET /desk/<path:rest>",
    "GET /desk/account",
    "GET /desk/account/second-factor",
    "GET /api/v1/exports/<number>",  # whose it is, and how far
}


class House(NamedTuple):
    """One case with all that a bureau may look at; what stands for the parts of addresses."""

    office: Office
    app: Flask
    receipt: str
    application: int
    parts: Mapping[str, str]

    def looks(self) -> int:
        """How many looks the case has on its trail."""
        return int(
            scalar(
                self.office.db,
                "SELECT count(*) FROM event WHERE type LIKE 'access.%%'"
                " AND (application_id = %(id)s OR shown @> ARRAY[%(id)s::bigint])",
                id=self.application,
            )
        )

    def path(self, route: str) -> str:
        """An address of the route, of things that there are."""
        path = route.split()[1]
        kind = next((each for each in ("export", "visit") if f"/{each}s/" in path), "request")
        act = "outcome" if kind == "visit" else "answer"
        named = path.replace("<number>", f"<{kind}>").replace("<code>", act)
        return re.sub("<[^>]+>", lambda part: self.parts.get(part[0], "1"), named)


@pytest.fixture
def house(office: Office) -> Iterator[House]:
    office.employ(HEAD)
    simple = replace(office.settings.accounts, second_factor=False)
    office.settings = replace(office.settings, accounts=simple)
    body = tenant_body()
    body["enterprise"]["contact"]["phone"] = PHONE
    case = office.submit(body)
    requests.open_by_applicant(
        office.db, office.settings, case.receipt, case.access_code, Asked("请介绍办理进度")
    )
    document = hand_in(office, by_code(case))
    feed = visit_calendar.create(office.db, office.settings, HEAD, "走访组")
    export = exports.request(
        office.db, office.settings, HEAD, Scope(bureau="sasac"), ExportFormat.CSV
    )
    export_files.run(
        office.db, office.settings, claim_ids(office.db, office.settings, Stage.EXPORT)
    )
    ids = {
        f"<{table}>": str(scalar(office.db, f"SELECT max(id) FROM {table}"))  # noqa: S608 -- ours
        for table in ("visit", "request", "export")
    }
    secrets = {
        "GET /api/v1/calendar/<secret>.ics": feed.url.rpartition("/")[2].removesuffix(".ics"),
        "GET /api/v1/downloads/<secret>": export.download_url.rpartition("/")[2],
    }
    app = create_app(office.settings)
    application = int(scalar(office.db, "SELECT id FROM application"))
    day = str(scalar(office.db, "SELECT planned_on FROM visit"))
    named = {"<receipt>": case.receipt, "<document>": document.handle, "<day>": day}
    parts = {**named, **ids, **secrets}
    yield House(office, app, case.receipt, application, parts)
    of(app).db.close()


def shows(house: House, answer: str) -> bool:
    """Whether an answer says anything of the case."""
    return house.receipt in answer or PHONE in answer


def asked(house: House, route: str) -> list[str]:
    """The addresses of a route."""
    if route in house.parts:
        return [route.split()[1].replace("<secret>", house.parts[route])]
    if "<name>" in route:
        return [route.split()[1].replace("<name>", name) for name in REPORTS]
    return [house.path(route)]


def test_whatever_shows_a_case_is_on_its_trail(house: House) -> None:
    bearer = {
        role: tokens.create(
            house.office.db, house.office.settings, bureau="sasac", role=role, label=f"测试{role}"
        )
        for role in (Role.OFFICER, Role.SUPERVISOR, Role.AUDITOR, Role.ADMIN)
    }
    client = house.app.test_client()
    visitor = DeskClient(house.app).enter(house.office, "test.desk")
    shown, unseen = set(), []
    reads = [each for each in (*MAY, *SHOWN_BY, *desk.MAY, *desk.OWN) if each.startswith("GET ")]
    for route in sorted(set(reads) - NO_CASE):
        for path in asked(house, route):
            before = house.looks()
            if " /desk" in route:
                answer = visitor.http.get(path)
            else:
                roles = MAY.get(route, "officer").split()
                role = next(each for each in bearer if each.value in roles)
                headers = {"Authorization": f"Bearer {bearer[role]}"}
                answer = client.get(path, headers=headers)
            said = answer.get_data().decode(errors="replace") + str(answer.headers)
            # What cannot be done now leads elsewhere.
            assert answer.status_code < 500, (path, said)
            if shows(house, said):
                shown.add(route)
                if house.looks() == before and route not in NAMED_BEFORE:
                    unseen.append(path)
    assert unseen == []
    assert shown >= {
        "GET /desk/",
        "GET /desk/cases",
        "GET /desk/cases/<receipt>",
        *SHOWN_BY,
        "GET /desk/visits/<day>/route",
        *(f"GET /desk/{each}s/<number>" for each in ("visit", "request")),
        *(f"GET /desk/{each}s/<number>/<code>" for each in ("visit", "request")),
        *(f"GET /api/v1/{each}" for each in ("cases", "visits", "requests", "inbox", "audit")),
        *(
            f"GET /api/v1/{each}"
            for each in (
                "cases/<receipt>",
                "cases/<receipt>/documents/<document>/content",
                "visits/<visit>",
                "requests/<number>",
            )
        ),
    }, shown
