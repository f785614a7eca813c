"""A determination happens once: statements, log lines and versions, over the real database."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from casework.acts import approval
from casework.acts.determination_rules import InvalidDetermination
from casework.acts.determine import Decision
from config.settings import Settings
from store.db import Database
from tests.support.ledgers import column, scalar
from tests.support.office import HEAD, YES, Office, decide
from tests.support.watching import watched

MOST_STATEMENTS = 34  # four have it fulfilled: the row, its day, its event, who is told


@pytest.fixture
def strict(database: Database, settings: Settings) -> Office:
    """Where everything above 10,000 yuan takes two."""
    return Office(database, replace(settings, determination_approval_yuan=Decimal(10_000)))


def version(office: Office, receipt: str) -> int:
    return int(
        scalar(office.db, "SELECT version FROM application WHERE receipt = %(r)s", r=receipt)
    )


def approve(office: Office, receipt: str) -> None:
    approval.decide_proposal(
        office.db,
        office.settings,
        HEAD,
        receipt,
        office.seen(receipt),
        approved=True,
        note="同意",
    )


def test_by_one_person_it_is_reckoned_and_put_down_once(office: Office) -> None:
    receipt = office.submit().receipt
    before = version(office, receipt)
    with watched(office.db) as seen:
        made = decide(office, receipt)
    seen.statements.pop(0)  # the version, which `decide` reads
    assert made.version == version(office, receipt) == before + 1
    assert len(seen.statements) <= MOST_STATEMENTS
    (line,) = seen.named("applications.assessed")
    assert (line["count"], line["first"], line["failed"]) == (1, receipt, 0)
    assert len(seen.named("determination.made")) == 1
    assert not seen.named("determination.proposed")
    for once in (
        "SELECT document FROM assessment",
        "INSERT INTO assessment",
        "INSERT INTO official_finding",
        "INSERT INTO benefit_claim",
        "INSERT INTO determination (",
    ):
        assert seen.reading(once) == 1, once
    assert column(office.db, "SELECT type FROM event ORDER BY id")[-4:] == [
        "finding.recorded",
        "application.assessed",
        "determination.made",
        "waiver.told",
    ]


def test_a_proposal_assesses_nothing(strict: Office) -> None:
    receipt = strict.submit().receipt
    before = version(strict, receipt)
    claimed = column(strict.db, "SELECT key || (application_id IS NULL) FROM benefit_claim")
    with watched(strict.db) as seen:
        made = decide(strict, receipt)
    assert made.version == version(strict, receipt) == before + 1
    assert not seen.named("applications.assessed")
    assert not seen.named("determination.made")
    assert len(seen.named("determination.proposed")) == 1
    assert not seen.reading("INSERT INTO assessment")
    assert not seen.reading("INSERT INTO official_finding")
    assert not seen.reading("INSERT INTO visit")
    assert scalar(strict.db, "SELECT max(serial) FROM assessment") == 1
    assert column(strict.db, "SELECT key || (application_id IS NULL) FROM benefit_claim") == claimed


def test_an_approval_assesses_once(strict: Office) -> None:
    receipt = strict.submit().receipt
    before = decide(strict, receipt).version
    with watched(strict.db) as seen:
        approve(strict, receipt)
    assert version(strict, receipt) == before + 1
    assert len(seen.named("applications.assessed")) == 1
    assert len(seen.named("determination.made")) == 1
    assert seen.reading("INSERT INTO assessment") == 1
    assert seen.reading("INSERT INTO benefit_claim") == 1


def test_an_override_is_put_down_once_though_reckoned_without_it_first(strict: Office) -> None:
    receipt = strict.submit().receipt
    more = replace(YES, amount=Decimal("70000.00"), override="另有约定")
    before = decide(strict, receipt, more).version
    with watched(strict.db) as seen:
        approve(strict, receipt)
    assert version(strict, receipt) == before + 1
    assert len(seen.named("applications.assessed")) == 1
    assert seen.reading("INSERT INTO assessment") == 1


def test_what_is_refused_says_nothing(office: Office) -> None:
    receipt = office.submit().receipt
    before = version(office, receipt)
    with watched(office.db) as seen, pytest.raises(InvalidDetermination):
        decide(office, receipt, Decision(granted=False, amount=None, reason="不符"))
    assert not seen.lines
    assert version(office, receipt) == before
