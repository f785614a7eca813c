"""Whoever asks to have data deleted: of their application alone, once nobody needs it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from api.app import create_app
from api.services import of
from casework.acts.determine import Decision
from casework.intake.accept import Accepted
from casework.intake.identity import Identity
from casework.operations import purge
from casework.people import tokens
from schemas.findings import Finding
from tests.support import filing
from tests.support.applications import tenant_body, uscc
from tests.support.ledgers import claim_ids, column, scalar
from tests.support.office import OFFICER, RENT, YES, Office, decide
from tests.support.packaged import load_application
from vocabulary.work import Stage

REFUSED = Decision(
    granted=False,
    amount=None,
    reason="不符合",
    findings=[Finding("1.2", result=False, note="不符合")],
)
RENT_FIELD = "/facts/leases/0/rent"


@dataclass
class Desk:
    """The API without a server, with an officer's token."""

    office: Office
    app: Flask
    token: str

    def call(self, path: str, credential: str, body: Any = None, version: int = 0) -> Any:
        """What is answered: status and body."""
        given = {"Authorization": f"Bearer {credential}"}
        if version:
            given["If-Match"] = f'"{version}"'
        method = "GET" if body is None else "POST"
        answer = self.app.test_client().open(
            f"/api/v1{path}", method=method, json=body, headers=given
        )
        return answer.status_code, answer.get_json()

    def ask(self, filed: Accepted, code: str | None = None) -> tuple[int, Any]:
        """Ask for the deletion."""
        path = f"/applications/{filed.receipt}/data/deletion"
        status, said = self.call(path, code or filed.access_code, {})
        return status, said

    def grant(self, number: int) -> int:
        """Say that it is deleted today."""
        body = {"answer": "同意", "erase_on": self.office.today().isoformat()}
        status, _ = self.call(f"/requests/{number}/answer", self.token, body, 1)
        return int(status)

    def clear(self) -> list[str]:
        """Do what the purging worker would do; the receipts of what is cleared by then."""
        with self.office.db.transaction() as conn:
            conn.exec_driver_sql("DELETE FROM work_item")
            conn.exec_driver_sql("UPDATE delivery SET state = 'sent'")
            conn.exec_driver_sql("UPDATE visit SET state = 'done', visited_on = planned_on")
        db, settings = self.office.db, self.office.settings
        purge.file(db, settings)
        purge.run(db, settings, claim_ids(db, settings, Stage.PURGE))
        return column(db, "SELECT receipt FROM application WHERE purged_at IS NOT NULL")


@pytest.fixture
def desk(office: Office) -> Iterator[Desk]:
    strict = replace(office.settings, determination_approval_yuan=Decimal(10_000))
    office = replace(office, settings=strict)
    app = create_app(strict)
    held = tokens.create(office.db, strict, bureau="sasac", role="officer", label=OFFICER.label)
    yield Desk(office, app, held)
    of(app).db.close()


def test_nobody_asks_for_anothers_and_asking_again_and_again_is_bounded(desk: Desk) -> None:
    own, other = desk.office.submit(uscc=uscc(41)), desk.office.submit(uscc=uscc(42))
    for code in (other.access_code, desk.token, "0" * 20):
        assert desk.ask(own, code)[0] == 404
        assert desk.call(f"/applications/{own.receipt}/data", code)[0] == 404
    assert scalar(desk.office.db, "SELECT count(*) FROM request") == 0
    answers = [desk.ask(own)[0] for _ in range(30)]
    assert set(answers) == {201, 409}
    assert answers == sorted(answers)
    # What was asked is no act: everything is still there until an officer answers.
    assert desk.clear() == []


@pytest.mark.parametrize("open_by", ["supplement", "second person"])
def test_nothing_is_deleted_that_somebody_works_on(desk: Desk, open_by: str) -> None:
    filed = desk.office.submit()
    if open_by == "supplement":
        version = desk.office.case(filed.receipt)["version"]
        body = {
            "fields": [RENT_FIELD],
            "reason": "请补正",
            "due_on": str(desk.office.in_days(10)),
        }
        path = f"/cases/{filed.receipt}/supplement"
        assert desk.call(path, desk.token, body, version)[0] in (200, 202)
    else:
        made = decide(desk.office, filed.receipt, replace(YES, amount=Decimal(RENT)))
        assert made.state == "awaiting_approval"
    status, asked = desk.ask(filed)
    assert status == 201
    assert desk.grant(asked["id"]) == 409
    assert desk.clear() == []


def test_a_review_after_the_deletion_was_granted_comes_first(desk: Desk) -> None:
    filed = desk.office.submit()
    decide(desk.office, filed.receipt, REFUSED)
    assert desk.grant(desk.ask(filed)[1]["id"]) == 200
    path = f"/applications/{filed.receipt}/review"
    assert desk.call(path, filed.access_code, {"reason": "请复核"})[0] in (200, 202)
    assert desk.clear() == []


def test_a_strangers_deletion_takes_nothing_from_whom_they_named(desk: Desk) -> None:
    office = desk.office
    theirs = office.submit(uscc=uscc(43))
    body = load_application(tenant_body(uscc=uscc(43)))
    stranger = filing.accept(office.db, office.settings, body, identity=Identity())
    office.assess_all()
    code = stranger.access_code
    assert desk.call(f"/applications/{stranger.receipt}/withdrawal", code, {})[0] in (200, 202)
    before = desk.call(f"/applications/{theirs.receipt}/data", theirs.access_code)[1]
    claims = "SELECT key FROM benefit_claim WHERE application_id = (SELECT id FROM application"
    held = f"{claims} WHERE receipt = %(r)s) ORDER BY key"
    keys = scalar(office.db, f"SELECT array({held})", r=theirs.receipt)
    assert desk.grant(desk.ask(stranger)[1]["id"]) == 200
    assert desk.clear() == [stranger.receipt]
    after = desk.call(f"/applications/{theirs.receipt}/data", theirs.access_code)[1]
    for part in ("enterprise", "facts"):
        assert after[part] == before[part]
    assert scalar(office.db, f"SELECT array({held})", r=theirs.receipt) == keys
