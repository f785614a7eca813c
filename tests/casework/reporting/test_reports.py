"""Reports: numbers that add up, and lateness that agrees with the promised days themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from casework.acts import acknowledge, determine, review, supplement, transfer, withdraw
from casework.acts.determine import Decision
from casework.docket.promises import FACTS, open_promises
from casework.errors import NotPermitted
from casework.followup import rating, requests, visit_acts
from casework.followup.requests import Asked
from casework.intake.accept import Accepted
from casework.people import access
from casework.reporting import reports
from casework.reporting.scope import Scope, bureau_for
from config.declared import yuan_by_name
from rules.workdays import add_working_days, working_days_between
from schemas.findings import Finding
from tests.support.applications import uscc
from tests.support.ledgers import column, scalar
from tests.support.office import AUDITOR, HEAD, OFFICER, RENT, Office
from tests.support.twice import close, twice
from tests.support.wire import wire
from vocabulary.people import Role
from vocabulary.promises import Kind

DAY = 86400


def report(office: Office, name: str, **scope: Any) -> Any:
    return wire(reports.REPORTS[name](office.db, office.settings, Scope(**scope)))


def decide(office: Office, receipt: str, *, granted: bool, amount: str | None = None) -> None:
    found = [Finding("1.2", result=False, note="不符合")]
    decision = Decision(
        granted=granted,
        amount=Decimal(amount) if amount else None,
        reason="经核",
        findings=() if granted else found,
    )
    seen = office.seen(receipt)
    determine.determine(office.db, office.settings, OFFICER, receipt, seen, decision)


def test_intake_counts_by_bureau_provision_way_in_and_day(
    office: Office, travel: Callable[[int], None]
) -> None:
    for _ in range(3):
        office.submit()
    travel(DAY)
    office.submit()
    shown = report(office, "intake")
    assert shown["total"] == {"applications": 4, "form": 4, "batch": 0, "import": 0}
    (row,) = shown["rows"]
    assert (row["bureau"], row["bureau_name"], row["provision"], row["measure"]) == (
        "sasac",
        "区国资委",
        "m01_tenant",
        "一",
    )
    today = office.today()
    assert shown["days"] == [
        {"day": str(today - timedelta(days=1)), "applications": 3},
        {"day": str(today), "applications": 1},
    ]
    assert report(office, "intake", received_from=today)["total"]["applications"] == 1
    yesterday = today - timedelta(days=1)
    assert report(office, "intake", received_to=yesterday)["total"]["applications"] == 3
    assert report(office, "intake", bureau="education")["rows"] == []
    assert report(office, "intake", provision="m02_carrier")["rows"] == []


def test_outcomes_are_counted_by_outcome_and_by_state(office: Office) -> None:
    office.submit()
    office.submit(registered_in="chaoyang")
    office.submit(rent=None)
    withdrawn = office.submit()
    withdraw.withdraw(
        office.db, office.settings, withdrawn.receipt, withdrawn.access_code, reason=None
    )
    total = report(office, "outcomes")["total"]
    assert total["applications"] == 4
    assert {name: n for name, n in total["outcomes"].items() if n} == {
        "needs_determination": 2,
        "ineligible": 1,
        "incomplete": 1,
    }
    assert {name: n for name, n in total["states"].items() if n} == {
        "awaiting_determination": 1,
        "decided": 1,
        "awaiting_supplement": 1,
        "withdrawn": 1,
    }


def test_amounts_tell_granted_from_pending_and_refused(office: Office) -> None:
    granted, refused, reviewed, _ = (office.submit() for _ in range(4))
    decide(office, granted.receipt, granted=True, amount="50000.00")
    decide(office, refused.receipt, granted=False)
    decide(office, reviewed.receipt, granted=True, amount=RENT)
    review.request(
        office.db, office.settings, reviewed.receipt, reviewed.access_code, reason="请复核"
    )
    office.submit(registered_in="chaoyang")
    expected = {
        "granted": 1,
        "granted_amount": "50000.00",
        "refused": 2,
        "pending": 2,
        "pending_amount": "120000.00",
    }
    shown = report(office, "amounts")
    assert shown["total"] == expected
    (row,) = shown["rows"]
    assert {name: row[name] for name in expected} == expected


def test_of_two_for_the_same_one_is_counted_where_money_and_days_are(office: Office) -> None:
    """In what came in and what became of it the one that is closed stands by its own name."""
    earlier, later = twice(office)
    assert report(office, "amounts")["total"]["pending_amount"] == "120000.00"
    close(office, later.receipt, earlier.receipt)
    decide(office, earlier.receipt, granted=True, amount=RENT)
    names = ("intake", "outcomes", "amounts", "fulfilment", "times", "visits")
    shown = {name: report(office, name)["total"] for name in names}
    assert shown["intake"]["applications"] == 2
    assert {name: n for name, n in shown["outcomes"]["states"].items() if n} == {
        "determined": 1,
        "duplicate": 1,
    }
    assert shown["amounts"] == {
        "granted": 1,
        "granted_amount": RENT,
        "refused": 0,
        "pending": 0,
        "pending_amount": "0.00",
    }
    assert shown["fulfilment"]["granted"] == 1
    assert shown["times"]["decided"] == 1
    assert (shown["visits"]["enterprises"], shown["visits"]["planned"]) == (1, 1)
    office.go_to(office.in_days(90))
    late = report(office, "overdue")
    assert {row["promise"]: row["overdue"] for row in late["rows"]} == {"waive": 1}


def test_time_to_decision_is_in_working_days(office: Office, travel: Callable[[int], None]) -> None:
    accepted = [office.submit() for _ in range(3)]
    received = office.today()
    spans = []
    for one, days in zip(accepted, (1, 9, 30), strict=True):
        travel(days * DAY)
        decide(office, one.receipt, granted=True, amount=RENT)
        spans.append(working_days_between(received, office.today()))
    office.submit()
    office.submit(registered_in="chaoyang")  # the rules alone refuse it: that takes nobody a day
    mean = str((Decimal(sum(spans)) / 3).quantize(Decimal("0.1")))
    shown = report(office, "times")
    assert shown["total"] == {
        "decided": 3,
        "automatic": 1,
        "mean": mean,
        "median": spans[1],
        "p90": spans[2],
        "longest": spans[2],
    }
    assert report(office, "times", bureau="education")["total"] == {
        "decided": 0,
        "automatic": 0,
        "mean": None,
        "median": None,
        "p90": None,
        "longest": None,
    }


def busy(office: Office, travel: Callable[[int], None]) -> None:
    """Cases in every kind of lateness, and some that are not late although long ago."""
    db, settings = office.db, office.settings
    office.submit()
    done = office.submit()
    acknowledge.one(db, OFFICER, done.receipt)
    decide(office, done.receipt, granted=True, amount=RENT)
    rating.rate(db, settings, done.receipt, done.access_code, grade=1, comment=None)
    paused, answered = office.submit(), office.submit()
    for one in (paused, answered):
        supplement.request(
            db,
            settings,
            OFFICER,
            one.receipt,
            office.seen(one.receipt),
            fields=["/facts/dismissed"],
            reason="请核对",
            due_on=office.in_days(60),
        )
    moved = office.submit()
    reopened = office.submit(lease_no="T-9")
    decide(office, reopened.receipt, granted=True, amount=RENT)
    review.request(db, settings, reopened.receipt, reopened.access_code, reason="请复核")
    travel(20 * DAY)
    seen = office.seen(reopened.receipt)
    # Late if its days ran from receipt; they run from here.
    review.decide(db, settings, HEAD, reopened.receipt, seen, upheld=False, reason="重新认定")
    supplement.answer(db, settings, answered.receipt, answered.access_code, {"/facts/dismissed": 0})
    office.assess()
    transfer.transfer(
        db,
        settings,
        OFFICER,
        moved.receipt,
        office.seen(moved.receipt),
        to="education",
        reason="不属本单位",
    )
    reviewed = office.submit(registered_in="chaoyang")
    review.request(db, settings, reviewed.receipt, reviewed.access_code, reason="请复核")
    asking = office.submit()
    requests.open_by_applicant(
        db, settings, asking.receipt, asking.access_code, Asked(words="请协调", field=None)
    )
    gone = office.submit()
    withdraw.withdraw(db, settings, gone.receipt, gone.access_code, reason=None)
    travel(20 * DAY)
    office.submit()


def late_promises(office: Office) -> dict[tuple[str, str], tuple[int, int]]:
    """By bureau and kind: how many, and the most working days; derived one by one."""
    today = office.today()
    late = {}
    rows = column(
        office.db,
        f"SELECT jsonb_build_array(id, {FACTS}) FROM application AS a",  # noqa: S608
    )
    for number, facts in rows:
        for promise in open_promises(office.settings.practice, facts, today):
            days = working_days_between(promise.due_on, today)
            if days > 0 and not promise.is_applicants:
                # A visit is one, however many applications it is about.
                about = 0 if promise.kind is Kind.VISIT else number
                late[promise.bureau, promise.kind.value, promise.name, about] = days
    counts = Counter(key[:2] for key in late)
    return {key: (n, max(late[k] for k in late if k[:2] == key)) for key, n in counts.items()}


def test_what_is_overdue_agrees_with_the_promised_days(
    office: Office, travel: Callable[[int], None]
) -> None:
    # Before nine nothing has become late today.
    office.go_to(office.in_days(1))
    busy(office, travel)
    with office.db.transaction() as conn:
        # Two cases, one visit, long past its day.
        conn.exec_driver_sql(
            "UPDATE visit SET state = 'scheduled', planned_on = %(day)s"
            " WHERE id = (SELECT min(visit_id) FROM application WHERE state <> 'withdrawn')",
            {"day": office.in_days(-20)},
        )
        conn.exec_driver_sql(
            "UPDATE application SET visit_id = (SELECT id FROM visit WHERE planned_on = %(day)s)"
            " WHERE id IN (SELECT id FROM application WHERE state <> 'withdrawn'"
            "  ORDER BY id LIMIT 2)",
            {"day": office.in_days(-20)},
        )
    expected = late_promises(office)
    assert expected["sasac", "visit"][0] == 1
    assert {kind for _, kind in expected} >= {
        "acknowledge",
        "determine",
        "review",
        "callback",
        "request",
    }
    assert {bureau for bureau, _ in expected} == {"sasac", "education"}
    rows = report(office, "overdue")["rows"]
    shown = {(row["bureau"], row["promise"]): (row["overdue"], row["longest"]) for row in rows}
    assert shown == expected
    own = report(office, "overdue", bureau="education")["rows"]
    assert {row["bureau"] for row in own} == {"education"}
    assert report(office, "overdue", bureau="finance")["total"] == {"overdue": 0, "longest": 0}


def _visit(office: Office, accepted: Accepted, result: str) -> None:
    row = "SELECT visit_id FROM application WHERE receipt = %(r)s"
    visit = scalar(office.db, row, r=accepted.receipt)
    version = scalar(office.db, "SELECT version FROM visit WHERE id = %(id)s", id=visit)
    visit_acts.record_outcome(
        office.db,
        office.settings,
        OFFICER,
        visit,
        frozenset({version}),
        visited_on=office.today(),
        result=result,
        note="已走访",
    )


def test_visit_coverage_counts_enterprises(office: Office, travel: Callable[[int], None]) -> None:
    firm = uscc(7_654_321)
    first = office.submit(uscc=firm)
    office.submit(uscc=firm, lease_no="T-second")
    office.submit()
    office.submit(rent=None)  # incomplete: nobody visits yet
    _visit(office, first, "met")
    shown = report(office, "visits")["total"]
    assert (shown["enterprises"], shown["visited"], shown["met"], shown["planned"]) == (2, 1, 1, 1)
    assert (shown["late"], shown["unplanned"], shown["coverage"]) == (0, 0, "50.0")
    travel(60 * DAY)
    assert report(office, "visits")["total"]["late"] == 1
    assert report(office, "visits", bureau="finance")["total"]["coverage"] is None


def test_only_who_looks_after_all_bureaus_sees_all() -> None:
    admin = access.Principal("finance", Role.ADMIN, "测试管理")
    assert bureau_for(OFFICER, None) == bureau_for(HEAD, "sasac") == "sasac"
    assert bureau_for(AUDITOR, None) is None
    assert bureau_for(admin, "education") == "education"
    for who in (OFFICER, HEAD):
        with pytest.raises(NotPermitted):
            bureau_for(who, "education")


def test_grades_are_counted_and_averaged(office: Office) -> None:
    for number, grade in ((301, 5), (302, 2), (303, None)):
        filed = office.submit(uscc=uscc(number))
        decide(office, filed.receipt, granted=True, amount=RENT)
        if grade:
            rating.rate(office.db, office.settings, filed.receipt, filed.access_code, grade=grade)
    shown = report(office, "satisfaction")
    assert (shown["total"]["rated"], shown["total"]["mean"]) == (2, "3.5")
    (row,) = shown["rows"]
    assert (row["very_satisfied"], row["satisfied"], row["dissatisfied"]) == (1, 0, 1)
    assert report(office, "satisfaction", bureau="education")["total"]["mean"] is None


def test_a_budget_is_one_pot_that_lasts_so_long_at_the_pace_of_late(office: Office) -> None:
    assert report(office, "budgets")["rows"] == []
    given = yuan_by_name("一=200000,七=1")
    office.settings = replace(
        office.settings, practice=replace(office.settings.practice, budgets=given)
    )
    first = office.submit(uscc=uscc(311)).receipt
    office.submit(uscc=uscc(312))
    decide(office, first, granted=True, amount=RENT)
    shown = report(office, "budgets", bureau="education")
    row, untouched = shown["rows"]
    assert [row[name] for name in ("granted_amount", "left", "pending_amount", "pace")] == [
        "60000.00",
        "140000.00",
        "60000.00",
        "3000.00",
    ]
    # 140,000 at 3,000 a day: gone on the 47th working day from now.
    assert row["used_up_on"] == str(add_working_days(office.today(), 47)[0])
    today = str(office.today())
    nothing = {"granted_amount": "60000.00", "settled_amount": "0.00"}
    assert shown["days"] == [{"measure": "一", "day": today, **nothing}]
    assert (untouched["left"], untouched["used_up_on"]) == ("1.00", None)
    # What was granted before the last twenty working days makes no pace any more.
    office.go_to(add_working_days(office.today(), 20)[0])
    (row, _) = report(office, "budgets")["rows"]
    assert (row["pace"], row["used_up_on"]) == ("0.00", None)
