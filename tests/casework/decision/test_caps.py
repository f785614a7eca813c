"""The running total of (六): who draws on it, who does not, and who is told of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from casework.acts import findings, review, withdraw
from casework.acts.determination_rules import InvalidDetermination
from casework.acts.determine import Decision
from casework.intake import accept
from casework.people.access import Principal
from casework.views import inbox
from config.settings import Settings
from schemas.application import Submission
from schemas.findings import Finding
from store import ledger
from store.db import Database
from tests.support.applications import guarantee_body, uscc
from tests.support.crowd import assess_in_parallel, file_all
from tests.support.ledgers import column, scalar
from tests.support.office import Office, decide
from tests.support.packaged import load_application
from tests.support.wire import wire
from vocabulary.people import Role
from vocabulary.work import Stage

CAP = Decimal("5000000.00")
OFFICER = Principal("development_reform", Role.OFFICER, "测试壬")
HEAD = Principal("development_reform", Role.SUPERVISOR, "测试癸")
MET = [Finding("6.4", result=True, note="已核实合同和费率")]
FAILED = [Finding("6.4", result=False, note="并非该机构申报")]


@pytest.fixture
def office(database: Database, settings: Settings) -> Office:
    """Where no amount takes two, so that the tests show what the cap does."""
    return Office(database, replace(settings, determination_approval_yuan=CAP))


def guarantees(institution: int, contract: int, subsidy: str) -> Submission:
    """One guarantee of an institution that comes to `subsidy` yuan by (六)'s formula."""
    return load_application(guarantee_body(uscc(institution), contract, Decimal(subsidy)))


def file(office: Office, contract: int, subsidy: str, **facts: Any) -> accept.Accepted:
    """An application of the one institution, assessed."""
    body = guarantee_body(uscc(1), contract, Decimal(subsidy))
    body["facts"].update(facts)
    return office.submit(body)


def find(office: Office, accepted: accept.Accepted, found: list[Finding]) -> None:
    """The officer's finding, and every assessment that follows from it."""
    findings.record(office.db, OFFICER, accepted.receipt, found)
    office.assess_all()


def grant(office: Office, accepted: accept.Accepted, amount: str) -> None:
    """The officer's determination, and every assessment that follows from it."""
    decide(office, accepted.receipt, Decision(True, Decimal(amount), "已核实合同和费率"), OFFICER)
    office.assess_all()


def reopen(office: Office, accepted: accept.Accepted) -> None:
    """The applicant asks for a review and somebody else sets the determination aside."""
    review.request(
        office.db, office.settings, accepted.receipt, accepted.access_code, reason="请复核"
    )
    seen = frozenset({office.case(accepted.receipt, OFFICER)["version"]})
    review.decide(
        office.db, office.settings, HEAD, accepted.receipt, seen, upheld=False, reason="重新核对"
    )
    office.assess_all()


def amounts(office: Office, *accepted: accept.Accepted) -> list[str]:
    return [office.status(each)["amount"] for each in accepted]


def granted(office: Office) -> Decimal:
    """The running total, which is the sum of what applications hold."""
    total: Decimal = scalar(office.db, "SELECT sum(granted) FROM cap_account")
    assert scalar(office.db, "SELECT coalesce(sum(amount), 0) FROM cap_grant") == total
    return total


def test_what_nobody_has_determined_takes_no_room_even_if_every_condition_is_met(
    office: Office,
) -> None:
    fake = file(office, 1, "5000000.00")
    real = file(office, 2, "2000000.00")
    find(office, real, MET)
    status = office.status(real)
    assert (status["state"], status["outcome"]) == ("awaiting_determination", "eligible")
    assert column(office.db, "SELECT account FROM cap_account") == []
    grant(office, real, "2000000.00")
    assert "尚未认定" not in office.status(real)["assessment"]["cap"]["text"]
    provisional = office.status(fake)
    assert provisional["amount"] == "5000000.00"
    assert "尚未认定" in provisional["assessment"]["cap"]["text"]
    assert granted(office) == Decimal("2000000.00")


def test_the_total_of_many_concurrent_loans_reaches_the_cap_exactly_and_never_passes_it(
    database: Database, settings: Settings
) -> None:
    loans = [guarantees(3, contract, "2999.97") for contract in range(1900)]
    loans += [guarantees(4, contract, "1000.01") for contract in range(1900, 2000)]
    file_all(database, settings, loans)
    assess_in_parallel(database, settings, 200)
    assert column(database, "SELECT account FROM cap_account") == []
    with database.transaction() as conn:
        conn.exec_driver_sql(
            "INSERT INTO official_finding (application_id, condition, result, note, actor, bureau,"
            " recorded_at) SELECT id, '6.4', true, '属实', 'development_reform:测试壬',"
            " 'development_reform', app_now() FROM application"
        )
        conn.exec_driver_sql(
            "INSERT INTO determination (application_id, granted, amount, computed, reason,"
            " findings, bureau, from_state, proposed_by, proposed_at, state)"
            " SELECT id, true, amount, amount, '属实', '[]', 'development_reform', state,"
            " 'development_reform:测试壬', app_now(), 'in_force' FROM application"
        )
        conn.exec_driver_sql(
            "INSERT INTO event (application_id, type, actor, at) SELECT id, 'determination.made',"
            " 'development_reform:测试壬', app_now() FROM application"
        )
        conn.exec_driver_sql("UPDATE application SET state = 'determined'")
        conn.exec_driver_sql(
            "INSERT INTO work_item (stage, subject_id, not_before, created_at)"
            " SELECT 'assess', id, app_now(), app_now() FROM application"
        )
    assess_in_parallel(database, settings, 11)
    totals = column(database, "SELECT account || '=' || granted FROM cap_account ORDER BY account")
    assert totals == [f"guarantee:{uscc(3)}={CAP}", f"guarantee:{uscc(4)}=100001.00"]
    assert column(
        database,
        "SELECT sum(amount) FROM application WHERE outcome = 'eligible'"
        " GROUP BY uscc ORDER BY sum(amount) DESC",
    ) == [CAP, Decimal("100001.00")]
    assert scalar(database, "SELECT sum(amount) FROM cap_grant") == CAP + Decimal("100001.00")


def test_assessing_again_does_not_draw_on_the_cap_twice(office: Office) -> None:
    accepted = file(office, 1, "4000000.00")
    grant(office, accepted, "4000000.00")
    for _ in range(2):
        with office.db.statement() as conn:
            conn.exec_driver_sql(
                "INSERT INTO work_item (stage, subject_id, not_before, created_at)"
                " SELECT 'assess', id, app_now(), app_now() FROM application"
            )
        office.assess_all()
    assert office.status(accepted)["assessment"]["serial"] == 4
    assert granted(office) == Decimal("4000000.00")


def test_a_grant_under_review_keeps_its_room_until_the_review_sets_it_aside(office: Office) -> None:
    first, second = file(office, 1, "3000000.00"), file(office, 2, "2500000.00")
    grant(office, first, "3000000.00")
    review.request(office.db, office.settings, first.receipt, first.access_code, reason="请复核")
    assert granted(office) == Decimal("3000000.00")
    with pytest.raises(InvalidDetermination, match=r"2,000,000\.00元"):
        grant(office, second, "2500000.00")
    seen = frozenset({office.case(first.receipt, OFFICER)["version"]})
    review.decide(
        office.db, office.settings, HEAD, first.receipt, seen, upheld=False, reason="重新核对"
    )
    assert granted(office) == Decimal("0.00")
    grant(office, second, "2500000.00")
    assert granted(office) == Decimal("2500000.00")


@pytest.mark.parametrize("how", ["refusal", "withdrawal"])
def test_what_a_review_has_set_aside_draws_on_nothing_whatever_becomes_of_it(
    office: Office, how: str
) -> None:
    first, second = file(office, 1, "3000000.00"), file(office, 2, "2500000.00")
    third = file(office, 3, "2000000.00")
    # Determined in another order than received.
    for accepted, amount in ((first, "3000000.00"), (third, "2000000.00"), (second, "0.00")):
        grant(office, accepted, amount)
    assert amounts(office, first, second, third) == ["3000000.00", "0.00", "2000000.00"]
    reopen(office, first)
    if how == "withdrawal":
        withdraw.withdraw(office.db, office.settings, first.receipt, first.access_code, reason=None)
    else:
        refusal = Decision(granted=False, amount=None, reason="冒名申报", findings=FAILED)
        decide(office, first.receipt, refusal, OFFICER)
    office.assess_all()
    # What was determined stands; that more is possible now is told.
    assert amounts(office, second, third) == ["2500000.00", "2000000.00"]
    assert granted(office) == Decimal("2000000.00")
    assert column(office.db, HEADROOM) == [f"{second.receipt} 2500000.00"]


def test_a_smaller_determination_leaves_the_rest_to_the_others(office: Office) -> None:
    first, second = file(office, 1, "4000000.00"), file(office, 2, "2000000.00")
    third = file(office, 3, "1000000.00")
    for accepted in (first, third, second):
        find(office, accepted, MET)
    grant(office, first, "2500000.00")
    grant(office, third, "1000000.00")
    with pytest.raises(InvalidDetermination, match=r"1,500,000\.00元"):
        grant(office, second, "2000000.00")
    grant(office, second, "1500000.00")
    assert amounts(office, second, third) == ["1500000.00", "1000000.00"]
    assert granted(office) == CAP


def test_a_determination_takes_no_more_than_the_room_there_is(office: Office) -> None:
    first, second = file(office, 1, "4000000.00"), file(office, 2, "2000000.00")
    grant(office, first, "4000000.00")
    yes = Decision(granted=True, amount=Decimal("1000000.00"), reason="以余额为限")
    result = decide(office, second.receipt, yes, OFFICER)
    assert (result.computed, granted(office)) == (Decimal("1000000.00"), CAP)


HEADROOM = "SELECT a.receipt || ' ' || (e.data ->> 'room') FROM event AS e JOIN application AS a"
HEADROOM += " ON a.id = e.application_id WHERE e.type = 'determination.room' ORDER BY e.id"


def test_no_room_is_announced_where_less_was_determined_than_there_was(office: Office) -> None:
    first, cut = file(office, 1, "4000000.00"), file(office, 2, "2000000.00")
    lowered = file(office, 3, "600000.00")
    grant(office, first, "4000000.00")
    decide(office, cut.receipt, Decision(True, Decimal("700000.00"), "以余额为限"), OFFICER)
    assert column(office.db, HEADROOM) == []
    less = Decision(True, Decimal("700000.00"), "按实际核减")
    decide(office, lowered.receipt, replace(less, amount=Decimal("100000.00")), OFFICER)
    assert granted(office) == Decimal("4800000.00")
    reopen(office, first)
    assert column(office.db, HEADROOM) == []
    assert office.status(cut)["determined_amount"] == "700000.00"


def test_both_sides_hear_of_the_room_once_and_a_review_leads_to_the_rest(office: Office) -> None:
    first, cut = file(office, 1, "4000000.00"), file(office, 2, "2000000.00")
    grant(office, first, "4000000.00")
    decide(office, cut.receipt, Decision(True, Decimal("1000000.00"), "以余额为限"), OFFICER)
    reopen(office, first)
    assert column(office.db, HEADROOM) == [f"{cut.receipt} 2000000.00"]
    status = office.status(cut)
    assert (status["state"], status["determined_amount"]) == ("determined", "1000000.00")
    (said,) = [line["text"] for line in status["timeline"] if line["type"] == "determination.room"]
    assert "已认定1,000,000.00元，按规则现可认定至2,000,000.00元" in said
    told = wire(inbox.list_messages(office.db, OFFICER))["items"]
    assert [message["receipt"] for message in told if "有了余额" in message["text"]] == [
        cut.receipt
    ]
    assert granted(office) == Decimal("1000000.00")

    with office.db.transaction() as conn:
        ledger.add(
            conn, Stage.ASSESS, [(scalar(office.db, "SELECT max(id) FROM application"), None)]
        )
    office.assess_all()
    assert len(column(office.db, HEADROOM)) == 1

    reopen(office, cut)
    decide(office, cut.receipt, Decision(True, Decimal("2000000.00"), "余额已足"), OFFICER)
    assert office.status(cut)["determined_amount"] == "2000000.00"
    assert granted(office) == Decimal("2000000.00")


def test_naming_a_head_office_neither_draws_on_its_total_nor_shows_it(office: Office) -> None:
    grant(office, file(office, 1, "4321098.76"), "4321098.76")
    body = guarantee_body(uscc(99), 2, Decimal("3000000.00"))
    body["enterprise"]["kind"] = "branch"
    body["facts"]["head_office_uscc"] = uscc(1)
    stranger = office.submit(body)
    shown = office.status(stranger)
    assert shown["amount"] == "3000000.00"
    for secret in ("4321098.76", "4,321,098.76", "678901.24", "678,901.24"):
        assert secret not in str(shown)
    case = office.case(stranger.receipt, OFFICER)
    assert case["casework"]["cap"] == {
        "account": uscc(1),
        "granted_elsewhere": "4321098.76",
        "headroom": "678901.24",
    }
    assert granted(office) == Decimal("4321098.76")


def test_two_officers_at_the_same_moment_do_not_draw_a_cap_twice(office: Office) -> None:
    both = [office.submit(guarantee_body(uscc(1), n, Decimal(3_000_000))) for n in (1, 2)]
    yes = Decision(True, Decimal("3000000.00"), "已核实合同和费率")

    def attempt(accepted: accept.Accepted) -> str:
        try:
            return decide(office, accepted.receipt, yes, OFFICER).state.value
        except InvalidDetermination:
            return "refused"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, both)) == ["determined", "refused"]
    assert column(office.db, "SELECT granted FROM cap_account") == [Decimal("3000000.00")]
