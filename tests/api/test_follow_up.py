"""Visits, requests and the calendar over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import icalendar
import pytest
import requests

from casework.people import tokens
from config.settings import Settings
from store.db import Database
from tests.support.app import App
from tests.support.bureau_client import BureauClient
from tests.support.office import Office
from vocabulary.people import Role
from vocabulary.visits import VisitState

TIMEOUT = 30


@pytest.fixture
def app(shared_api: Callable[..., App]) -> App:
    return shared_api()


@pytest.fixture
def desk(app: App, database: Database, settings: Settings) -> Callable[..., BureauClient]:
    document = requests.get(f"{app.base_url}/openapi.json", timeout=TIMEOUT).json()

    def seat(bureau: str, role: Role = Role.OFFICER) -> BureauClient:
        token = tokens.create(database, settings, bureau=bureau, role=role, label=f"测试{role}")
        return BureauClient(app.base_url, token, document)

    return seat


def act(desk: BureauClient, path: str, body: Any, tag: str | None) -> requests.Response:
    headers = {"Authorization": f"Bearer {desk.token}", **({"If-Match": tag} if tag else {})}
    return requests.post(desk.base + path, json=body, headers=headers, timeout=TIMEOUT)


def test_from_the_visit_to_the_answer(office: Office, desk: Callable[..., BureauClient]) -> None:
    accepted = office.submit()
    officer, stranger = desk("sasac"), desk("education")
    (visit,) = officer.read("/api/v1/visits", "VisitPage", open="true")["items"]
    assert visit["state"] in list(VisitState)
    path = f"/api/v1/visits/{visit['id']}"
    assert officer.read(path, "PlannedVisit")["applications"][0]["receipt"] == accepted.receipt
    tag = officer.get(path).headers["ETag"]

    assert act(officer, f"{path}/confirmation", {}, None).status_code == 428
    assert act(stranger, f"{path}/confirmation", {}, tag).status_code == 404
    confirmed = act(officer, f"{path}/confirmation", {"starts_at": "14:30"}, tag)
    assert officer.check(confirmed, "Changed")["version"] == 2
    assert act(officer, f"{path}/confirmation", {}, tag).status_code == 412
    outcome = {
        "visited_on": office.today().isoformat(),
        "result": "met",
        "note": "当面了解经营情况",
        "requests": [{"field": "finance", "words": "希望对接贷款"}],
    }
    done = act(officer, f"{path}/outcome", outcome, confirmed.headers["ETag"])
    (number,) = officer.check(done, "Changed")["requests"]
    again = act(officer, f"{path}/outcome", outcome, done.headers["ETag"])
    assert again.status_code == 409

    bank = desk("financial_street")
    asked = bank.read(f"/api/v1/requests/{number}", "Request")
    assert asked["bureau"] == "financial_street"
    assert asked["visit"] == visit["id"]
    assert bank.read("/api/v1/requests", "RequestPage", mine="true")["items"] == [asked]
    answered = act(bank, f"/api/v1/requests/{number}/answer", {"answer": "已对接"}, '"1"')
    assert answered.status_code == 200, answered.text
    own = BureauClient(officer.base, accepted.access_code, officer.document)
    status = own.read(f"/api/v1/applications/{accepted.receipt}", "Status")
    assert [each["answer"] for each in status["requests"]] == ["已对接"]
    assert status["visit"]["result"] == "met"


def test_the_enterprise_asks_and_takes_back(
    office: Office, desk: Callable[..., BureauClient]
) -> None:
    accepted = office.submit()
    own = BureauClient(desk("sasac").base, accepted.access_code, desk("sasac").document)
    path = f"/api/v1/applications/{accepted.receipt}/requests"
    asked = own.post(path, {"words": "希望减租"})
    assert asked.status_code == 201
    number = own.check(asked, "OpenedRequest")["id"]
    for wrong, pointer in (({}, "/words"), ({"words": "x", "field": "tax"}, "/field")):
        refused = own.post(path, wrong)
        assert refused.status_code == 422
        assert pointer in {error["pointer"] for error in refused.json()["errors"]}
    headers = {"Authorization": f"Bearer {own.token}"}
    for status in (204, 409):
        gone = requests.delete(f"{own.base}{path}/{number}", headers=headers, timeout=TIMEOUT)
        assert gone.status_code == status
    absent = requests.delete(f"{own.base}{path}/x", headers=headers, timeout=TIMEOUT)
    assert absent.status_code == 404


def test_a_calendar_program_opens_the_feed_until_it_is_revoked(
    app: App, office: Office, desk: Callable[..., BureauClient]
) -> None:
    office.submit()
    head = desk("sasac", Role.SUPERVISOR)
    made = head.post("/api/v1/calendars", {"label": "科室日历"})
    assert made.status_code == 201
    url = head.check(made, "NewFeed")["url"]
    feed = requests.get(url, timeout=TIMEOUT)
    assert feed.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "private" in feed.headers["Cache-Control"]
    (event,) = icalendar.Calendar.from_ical(feed.content).walk("VEVENT")
    assert "走访" in str(event["SUMMARY"])
    secret = url.rpartition("/")[2].removesuffix(".ics")
    assert secret not in app.log("api")
    (kept,) = head.read("/api/v1/calendars", "FeedList")["items"]
    # The secret opens this feed and nothing else.
    assert BureauClient(head.base, secret, head.document).get("/api/v1/visits").status_code == 401
    revoked = requests.delete(
        f"{head.base}/api/v1/calendars/{kept['id']}",
        headers={"Authorization": f"Bearer {head.token}"},
        timeout=TIMEOUT,
    )
    assert revoked.status_code == 204
    assert requests.get(url, timeout=TIMEOUT).status_code == 404


def test_the_head_sets_the_days_capacity(office: Office, desk: Callable[..., BureauClient]) -> None:
    head = desk("sasac", Role.SUPERVISOR)
    headers = {"Authorization": f"Bearer {head.token}"}
    url = f"{head.base}/api/v1/visits/capacity"
    for given, status in ((3, 200), (None, 200), (0, 422), ("3", 422)):
        body = {"visits_per_day": given}
        answer = requests.put(url, json=body, headers=headers, timeout=TIMEOUT)
        assert answer.status_code == status, (given, answer.text)
    standard = requests.put(url, json={"visits_per_day": None}, headers=headers, timeout=TIMEOUT)
    in_force = office.settings.practice.visits_per_day
    assert head.check(standard, "CapacityInForce")["visits_per_day"] == in_force
