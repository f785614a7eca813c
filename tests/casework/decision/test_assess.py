"""Assessing by the chunk: effects once, the poisoned isolated, findings change the outcome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from casework.acts import findings
from casework.decision import assess
from casework.people.access import Principal
from casework.views import cases, inbox, status
from casework.work import dispatch
from casework.work.dispatch import Stage
from casework.work.run import ChunkResult
from config.settings import Settings
from schemas.findings import Finding
from store.db import Database
from store.encoding import to_json
from tests.support import filing
from tests.support.applications import tenant
from tests.support.ledgers import (
    assert_effects_exactly_once,
    claim_ids,
    column,
    file_tenants,
    scalar,
)
from tests.support.wire import wire
from vocabulary.people import Role

OFFICER = Principal("sasac", Role.OFFICER, "测试甲")
OPEN_CONDITIONS = ("1.2", "1.3", "1.4", "1.5")


def assess_due(database: Database, settings: Settings) -> ChunkResult:
    return assess.run(database, settings, claim_ids(database, settings, Stage.ASSESS))


def find_all(database: Database, receipt: str, *, result: bool = True) -> None:
    findings.record(
        database,
        OFFICER,
        receipt,
        [Finding(c, result=result, note="测试") for c in OPEN_CONDITIONS],
    )


def test_an_application_is_decided_routed_told_and_a_visit_planned(
    database: Database, settings: Settings
) -> None:
    accepted = filing.accept(database, settings, tenant())
    assert assess_due(database, settings).done == 1
    found = wire(status.read(database, settings, accepted.receipt, accepted.access_code))
    assert (found["state"], found["outcome"]) == ("awaiting_determination", "needs_determination")
    assert found["amount"] == "60000.00"
    assert found["bureaus"]["lead"]["bureau_name"] == "区国资委"
    assert found["bureaus"]["lead"]["name"] == "于伟川"
    assert found["next"]["who"] == "bureau"
    (promised,) = (each for each in found["promises"] if each["promise"] == "determine")
    assert found["next"]["by"] == promised["due_on"]
    assert "本地做法" in promised["basis"]
    assert found["visit"]["state"] == "planned"
    assert [line["type"] for line in found["timeline"]][:3] == [
        "application.received",
        "application.assessed",
        "visit.scheduled",
    ]
    assert all(finding["words"] for finding in found["assessment"]["findings"])
    assert_effects_exactly_once(database, 1)


def test_a_second_message_for_the_same_items_does_nothing(
    database: Database, settings: Settings
) -> None:
    file_tenants(database, settings, 5)
    ids = claim_ids(database, settings, Stage.ASSESS)
    assert assess.run(database, settings, ids).done == 5
    assert assess.run(database, settings, ids).done == 0
    assert_effects_exactly_once(database, 5)


def test_two_items_for_one_application_in_a_chunk_assess_it_once(
    database: Database, settings: Settings
) -> None:
    file_tenants(database, settings, 1)
    with database.statement() as conn:
        conn.exec_driver_sql(
            "INSERT INTO work_item (stage, subject_id, not_before, created_at)"
            " SELECT stage, subject_id, not_before, created_at FROM work_item"
        )
    assert assess_due(database, settings).done == 2
    assert_effects_exactly_once(database, 1)


# Each breaks one application in a way of its own: inside the rules, before them, in the database.
POISONS: dict[str, str] = {
    "facts the rules cannot read": "UPDATE application SET facts = '{\"leases\": 5}'",
    "a provision nobody knows": "UPDATE application SET provision = 'm99_unknown'",
    "a row the database refuses": (
        "INSERT INTO assessment (application_id, serial, notice_id, rules_version,"
        " parameters_hash, assessed_at, outcome, document, in_force)"
        " SELECT id, 1, notice_id, '0', '\\x00', app_now(), 'eligible', '{}', true"
        " FROM application"
    ),
}


@pytest.mark.parametrize("poison", POISONS.values(), ids=POISONS.keys())
def test_a_poisoned_application_is_isolated_and_the_rest_of_the_chunk_goes_on(
    database: Database, settings: Settings, poison: str
) -> None:
    accepted = file_tenants(database, settings, 9)
    with database.statement() as conn:
        conn.exec_driver_sql(
            "INSERT INTO parameter_set VALUES ('\\x00', 'xicheng-2020-6', '{}', now())"
        )
        conn.exec_driver_sql(
            f"{poison} WHERE receipt = %(receipt)s", {"receipt": accepted[4].receipt}
        )
    report = assess_due(database, settings)
    assert report.done == 8
    (failure,) = report.failures
    assert failure.receipt == accepted[4].receipt
    assert not failure.dead
    left = column(database, "SELECT last_error FROM work_item WHERE stage = 'assess'")
    assert left == [failure.reason]
    assert scalar(database, "SELECT count(*) FROM visit") == 8


def test_a_poisoned_application_dies_visibly_and_can_be_revived_once_mended(
    database: Database, settings: Settings, travel: Callable[[int], None]
) -> None:
    accepted = filing.accept(database, settings, tenant())
    good = tenant().facts
    broken = "UPDATE application SET facts = %(facts)s::jsonb"
    with database.statement() as conn:
        conn.exec_driver_sql(broken, {"facts": '{"leases": 5}'})
    limited = replace(settings, max_attempts=3)
    for _ in range(3):
        assess_due(database, limited)
        travel(3600)
    (letter,) = dispatch.dead_letters(database)
    assert letter.attempts == 3
    assert letter.reason.startswith("unknown: ")
    assert claim_ids(database, limited, Stage.ASSESS) == []
    with database.statement() as conn:
        conn.exec_driver_sql(broken, {"facts": to_json(good)})
    assert dispatch.retry(database, [letter.id]) == [letter.id]
    assert assess_due(database, limited).done == 1
    found = wire(status.read(database, settings, accepted.receipt, accepted.access_code))
    assert found["outcome"] == "needs_determination"


def test_a_notice_that_is_gone_stops_only_its_own_applications(
    database: Database, settings: Settings
) -> None:
    other, _, after = file_tenants(database, settings, 3)
    with database.statement() as conn:
        conn.exec_driver_sql(
            "UPDATE application SET notice_id = 'gone' WHERE receipt = %(r)s", {"r": other.receipt}
        )
    report = assess_due(database, settings)
    (failure,) = report.failures
    assert (report.done, failure.receipt, failure.dead) == (2, other.receipt, False)
    found = wire(status.read(database, settings, after.receipt, after.access_code))
    assert found["outcome"] == "needs_determination"


def test_an_item_without_an_application_dies_at_once(
    database: Database, settings: Settings
) -> None:
    with database.statement() as conn:
        conn.exec_driver_sql(
            "INSERT INTO work_item (stage, subject_id, not_before, created_at)"
            " VALUES ('assess', 404, app_now(), app_now())"
        )
    (failure,) = assess_due(database, settings).failures
    assert failure.dead
    assert dispatch.dead_letters(database)[0].reason == "permanent: there is no such application"


def test_careful_items_are_counted_before_they_are_touched(
    database: Database, settings: Settings
) -> None:
    file_tenants(database, settings, 2)
    ids = claim_ids(database, settings, Stage.ASSESS)
    with database.transaction() as holding:
        holding.exec_driver_sql("SELECT id FROM work_item WHERE id = 2 FOR UPDATE")
        assert assess.run(database, settings, ids, careful=True).done == 1
    assert column(database, "SELECT attempts FROM work_item WHERE stage = 'assess'") == [0]


def test_findings_lead_to_a_new_assessment_that_replaces_the_old_one(
    database: Database, settings: Settings
) -> None:
    accepted = filing.accept(database, settings, tenant())
    assess_due(database, settings)
    find_all(database, accepted.receipt)
    assess_due(database, settings)
    found = wire(status.read(database, settings, accepted.receipt, accepted.access_code))
    assert (found["state"], found["outcome"], found["amount"]) == (
        "awaiting_determination",
        "eligible",
        "60000.00",
    )
    assert found["assessment"]["serial"] == 2
    assert column(database, "SELECT in_force FROM assessment ORDER BY serial") == [False, True]
    assert scalar(database, "SELECT count(*) FROM visit") == 1
    assert scalar(database, "SELECT count(*) FROM work_item WHERE stage = 'remind'") == 1


def test_a_bureau_is_told_of_each_new_outcome_once(database: Database, settings: Settings) -> None:
    accepted = filing.accept(database, settings, tenant())
    assess_due(database, settings)
    find_all(database, accepted.receipt)
    assess_due(database, settings)
    find_all(database, accepted.receipt)  # nothing new comes of this
    assess_due(database, settings)
    told = wire(inbox.list_messages(database, OFFICER))["items"]
    assert [message["outcome"] for message in told] == ["eligible", "needs_determination"]


def test_a_later_finding_overrules_an_earlier_one(database: Database, settings: Settings) -> None:
    accepted = filing.accept(database, settings, tenant())
    assess_due(database, settings)
    find_all(database, accepted.receipt)
    find_all(database, accepted.receipt, result=False)
    assess_due(database, settings)
    found = wire(status.read(database, settings, accepted.receipt, accepted.access_code))
    assert (found["outcome"], found["amount"]) == ("ineligible", "0.00")
    assert len(cases.read(database, settings, OFFICER, accepted.receipt).official_findings) == 8


def test_money_is_stored_to_the_fen(database: Database, settings: Settings) -> None:
    filing.accept(database, settings, tenant(rent="10000.33"))
    assess_due(database, settings)
    amounts = column(
        database, "SELECT amount FROM application UNION ALL SELECT amount FROM assessment"
    )
    assert amounts == [Decimal("20000.66")] * 2


def test_an_old_assessment_is_explained_with_the_data_it_was_made_with(
    database: Database, settings: Settings
) -> None:
    accepted = filing.accept(database, settings, tenant())
    assess_due(database, settings)
    before = wire(status.read(database, settings, accepted.receipt, accepted.access_code))
    with database.statement() as conn:
        # The stored edition says something else than today's files do.
        conn.exec_driver_sql(
            "INSERT INTO parameter_set (hash, notice_id, content, first_seen)"
            " SELECT '\\x01', notice_id,"
            "  jsonb_set(content, '{conditions,1.6,label}', '\"当时的名称\"'), now()"
            " FROM parameter_set"
        )
        conn.exec_driver_sql("UPDATE assessment SET parameters_hash = '\\x01'")
    after = wire(status.read(database, settings, accepted.receipt, accepted.access_code))
    labels = {f["condition"]: f["label"] for f in after["assessment"]["findings"]}
    assert labels["1.6"] == "当时的名称"
    assert before["assessment"]["findings"] != after["assessment"]["findings"]
