"""The rights of the person over HTTP: what is kept, an own copy, a request to delete it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests

from casework.outbox import deliveries
from casework.outbox.deliveries import Notification
from casework.people import tokens
from tests.support.app import App
from tests.support.applications import uscc
from tests.support.bureau_client import BureauClient
from tests.support.ledgers import column
from tests.support.office import Office
from vocabulary.deliveries import APPLICANT, Channel
from vocabulary.people import Role
from vocabulary.personal_data import DataKind

TIMEOUT = 30


@pytest.fixture
def app(launch_app: Callable[..., App], office: Office) -> App:  # noqa: ARG001 -- an empty database
    return launch_app("api")


def test_everybody_reads_the_table_and_an_applicant_their_data(app: App, office: Office) -> None:
    document = requests.get(f"{app.base_url}/openapi.json", timeout=TIMEOUT).json()
    everybody = requests.get(f"{app.base_url}/api/v1/privacy", timeout=TIMEOUT)
    assert everybody.status_code == 200, everybody.text
    days = {kind["code"]: kind["days"] for kind in everybody.json()["kinds"]}
    assert days == {kind: office.settings.practice.kept(kind) for kind in DataKind}

    accepted, other = office.submit(uscc=uscc(7044)), office.submit(uscc=uscc(7045))
    own = BureauClient(app.base_url, accepted.access_code, document)
    path = f"/api/v1/applications/{accepted.receipt}/data"
    with office.db.transaction() as conn:
        conn.exec_driver_sql("UPDATE delivery SET state = 'sent'")
        event, case = conn.exec_driver_sql(
            "SELECT max(e.id), a.id FROM event AS e JOIN application AS a ON a.id = application_id"
            " WHERE receipt = %(receipt)s GROUP BY a.id",
            {"receipt": accepted.receipt},
        ).one()
        letter = Notification(event, case, None, APPLICANT, Channel.EMAIL, "test@example.org")
        deliveries.write(conn, [letter])
        conn.exec_driver_sql("UPDATE delivery SET state = 'sent' WHERE channel = 'email'")
    copy = own.read(path, "OwnData")
    assert [each["address"] for each in copy["messages"]] == ["test@example.org"]
    assert copy["enterprise"]["contact"]["phone"] == "13800000000"
    page = requests.get(
        app.base_url + path,
        headers={"Authorization": f"Bearer {accepted.access_code}", "Accept": "text/html"},
        timeout=TIMEOUT,
    )
    assert page.headers["Content-Type"].startswith("text/html")
    assert page.headers["Cache-Control"] == "no-store"
    assert "13800000000" in page.text
    assert "承租的房产" in page.text
    assert (
        column(office.db, "SELECT type FROM event WHERE type = 'access.copy_made'")
        == ["access.copy_made"] * 2
    )

    asked = own.post(f"{path}/deletion", {"reason": "不再经营"})
    assert asked.status_code == 201, asked.text
    number = own.check(asked, "OpenedRequest")["id"]
    assert own.post(f"{path}/deletion", {"reason": 1}).status_code == 422
    token = tokens.create(
        office.db, office.settings, bureau="sasac", role=Role.OFFICER, label="测试甲"
    )
    officer = BureauClient(app.base_url, token, document)
    early = officer.post(
        f"/api/v1/requests/{number}/answer",
        {"answer": "同意", "erase_on": office.today().isoformat()},
        {"If-Match": '"1"'},
    )
    assert early.status_code == 409, early.text
    (told,) = own.read(path, "OwnData")["requests"]
    assert told["words"] == "不再经营"

    # An officer's token is no access code, and an access code opens its own application alone.
    for holder in (officer, BureauClient(app.base_url, other.access_code, document)):
        for answer in (holder.get(path), holder.post(f"{path}/deletion", {})):
            assert answer.status_code in (401, 404), answer.text
