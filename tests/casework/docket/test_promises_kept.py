"""A promise ends when its purpose is met, and everybody says the same of it on every day."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from casework.acts import (
    acknowledge,
    findings,
    identity_check,
    review,
    supplement,
    transfer,
    withdraw,
)
from casework.delivery import digest
from casework.followup import chase, visit_acts
from casework.operations import business_time
from casework.people.access import Principal
from casework.reporting import reports
from casework.reporting.scope import Scope
from casework.views import cases
from casework.views.case_filter import Wanted
from casework.work.dispatch import Stage
from config.practice import Practice
from rules.workdays import add_working_days, last_day, working_days_between
from schemas.findings import Finding
from tests.support.ledgers import claim_ids, column, scalar
from tests.support.office import HEAD, OFFICER, YES, Office, decide
from tests.support.wire import wire
from vocabulary.deliveries import Recipient
from vocabulary.people import Role
from vocabulary.promises import Kind
from vocabulary.zone import CHINA

PRACTICE = Practice()
NO = replace(
    YES, granted=False, amount=None, findings=[Finding("1.2", result=False, note="不符合")]
)
FOUND = Finding("1.3", result=True, note="不在名单内", evidence="名单")
EDUCATION = Principal("education", Role.OFFICER, "测试庚")
COMPARED = (
    "nobody has looked",
    "acknowledged",
    "the applicant asked",
    "found incomplete",
    "refused",
    "refused by the rules",
    "under review",
)
LOOKED_AT = (0, 1, 2, 3, 5, 8, 11, 13, 15, 16, 18)
"""Working days after: on both sides of every day on which something changes."""


def asked(office: Office, receipt: str, days: int = 12) -> None:
    supplement.request(
        office.db, office.settings, OFFICER, receipt, office.seen(receipt),
        fields=["/facts/dismissed"], reason="请核对", due_on=office.in_days(days),
    )  # fmt: skip


def reviewed(office: Office, accepted: Any) -> None:
    review.request(
        office.db, office.settings, accepted.receipt, accepted.access_code, reason="请复核"
    )


def reopened(office: Office, accepted: Any) -> None:
    reviewed(office, accepted)
    review.decide(
        office.db, office.settings, HEAD, accepted.receipt, office.seen(accepted.receipt),
        upheld=False, reason="重新认定",
    )  # fmt: skip


def visited(office: Office, accepted: Any) -> None:
    visit = scalar(
        office.db, "SELECT visit_id FROM application WHERE receipt = %(r)s", r=accepted.receipt
    )
    version = scalar(office.db, "SELECT version FROM visit WHERE id = %(id)s", id=visit)
    visit_acts.record_outcome(
        office.db, office.settings, OFFICER, visit, frozenset({version}),
        visited_on=office.today(), result="met", note="已走访",
    )  # fmt: skip


def found(office: Office, accepted: Any) -> None:
    findings.record(office.db, OFFICER, accepted.receipt, [FOUND])
    office.assess()


def answered(office: Office, accepted: Any) -> None:
    asked(office, accepted.receipt)
    supplement.answer(
        office.db, office.settings, accepted.receipt, accepted.access_code, {"/facts/dismissed": 0}
    )


def moved(office: Office, accepted: Any) -> None:
    transfer.transfer(
        office.db, office.settings, OFFICER, accepted.receipt, office.seen(accepted.receipt),
        to="education", reason="不属本单位",
    )  # fmt: skip


def identified(office: Office, accepted: Any) -> None:
    identity_check.check(
        office.db, office.settings, OFFICER, accepted.receipt, office.seen(accepted.receipt),
        note="已核对营业执照", contact=False,
    )  # fmt: skip


def withdrawn(office: Office, accepted: Any) -> None:
    withdraw.withdraw(
        office.db, office.settings, accepted.receipt, accepted.access_code, reason=None
    )


ACKNOWLEDGE, DETERMINE = Kind.ACKNOWLEDGE.value, Kind.DETERMINE.value
ALL = {ACKNOWLEDGE, DETERMINE}
Walk = tuple[dict[str, Any], tuple[Callable[[Office, Any], object], ...], str, set[str]]
WALKS: dict[str, Walk] = {
    "nobody has looked": ({}, (), "awaiting_determination", ALL),
    "acknowledged": (
        {},
        (lambda office, one: acknowledge.one(office.db, OFFICER, one.receipt),),
        "awaiting_determination",
        {DETERMINE},
    ),
    "a condition found": ({}, (found,), "awaiting_determination", {DETERMINE}),
    "identity checked": ({}, (identified,), "awaiting_determination", {DETERMINE}),
    "visited": ({}, (visited,), "awaiting_determination", {DETERMINE}),
    "handed over": ({}, (moved,), "awaiting_determination", ALL),
    "seen, then handed over": ({}, (found, moved), "awaiting_determination", ALL),
    "the applicant asked": (
        {},
        (lambda office, one: asked(office, one.receipt),),
        "awaiting_supplement",
        {DETERMINE, Kind.SUPPLEMENT.value},
    ),
    "found incomplete": ({"rent": None}, (), "awaiting_supplement", ALL),
    "proposed": (
        {},
        (
            lambda office, one: decide(
                office, one.receipt, replace(YES, amount=Decimal("90000.00"), override="另有")
            ),
        ),
        "awaiting_approval",
        {DETERMINE},
    ),
    # Granted is not done: the landlord is to waive it.
    "granted": (
        {},
        (lambda office, one: decide(office, one.receipt),),
        "determined",
        {Kind.WAIVE.value},
    ),
    "refused": ({}, (lambda office, one: decide(office, one.receipt, NO),), "determined", set()),
    "refused by the rules": ({"registered_in": "chaoyang"}, (), "decided", set()),
    "under review": (
        {},
        (lambda office, one: decide(office, one.receipt, NO), reviewed),
        "under_review",
        {Kind.REVIEW.value},
    ),
    "the rules' refusal under review": (
        {"registered_in": "chaoyang"},
        (reviewed,),
        "under_review",
        {Kind.REVIEW.value},
    ),
    "reopened": (
        {},
        (lambda office, one: decide(office, one.receipt, NO), reopened),
        "awaiting_determination",
        {DETERMINE},
    ),
    "withdrawn": ({}, (withdrawn,), "withdrawn", set()),
    # The last, so that nothing assesses it again.
    "answered": ({}, (answered,), "supplemented", {DETERMINE}),
}


def walked(office: Office, names: Iterable[str]) -> dict[str, str]:
    """Cases that have come so far, by receipt."""
    office.go_to(add_working_days(office.today(), 1)[0])
    receipts = {}
    for name in names:
        changes, acts, _, _ = WALKS[name]
        one = office.submit(**changes)
        for act in acts:
            act(office, one)
        receipts[one.receipt] = name
    return receipts


def promised(case: dict[str, Any]) -> list[dict[str, Any]]:
    """What a case says; but for the visit, which is an appointment of its own."""
    return [each for each in case["promises"] if each["promise"] != Kind.VISIT]


def test_a_promise_is_there_as_long_as_its_purpose_is(office: Office) -> None:
    to_find = {"awaiting_determination", "awaiting_supplement", "supplemented", "awaiting_approval"}
    for receipt, name in walked(office, WALKS).items():
        _, _, state, kinds = WALKS[name]
        who = EDUCATION if "handed over" in name else OFFICER
        case = office.case(receipt, who)
        assert case["state"] == state, name
        assert {each["promise"] for each in promised(case)} == kinds, name
        # Nothing is left to find where it is settled.
        assert bool(case["assessment"]["needs_finding"]) is (state in to_find), name


def expected_level(promise: dict[str, Any], since: date, now: datetime) -> str | None:
    """Independent of the product: whole working days, from nine in the morning."""
    due = last_day(date.fromisoformat(promise["due_on"]))
    today = now.date() if now.time() >= time(9) else now.date() - timedelta(days=1)
    if promise["paused"]:
        return None
    late = working_days_between(due, today)
    if late > 0:
        return "escalated" if late >= PRACTICE.escalate else "late"
    if working_days_between(since, today) < 1:
        return None
    return "soon" if working_days_between(today, due) <= PRACTICE.due_soon else None


def test_everybody_says_the_same_on_every_side_of_every_day(office: Office) -> None:
    ours = walked(office, COMPARED)
    began = office.today()
    seen: set[tuple[str, str | None]] = set()
    for now in moments(office, began):
        run_chase(office)
        levels = {
            (receipt, each["promise"]): expected_level(each, began, now)
            for receipt in ours
            for each in promised(office.case(receipt))
            if each["promise"] != Kind.SUPPLEMENT
        }
        seen |= {(kind, level) for (_, kind), level in levels.items()}
        late = {entry for entry, level in levels.items() if level in ("late", "escalated")}
        soon = {entry for entry, level in levels.items() if level == "soon"}
        escalated = {entry for entry, level in levels.items() if level == "escalated"}
        page = cases.list_cases(
            office.db, office.settings, OFFICER, Wanted(overdue=True), limit=100
        )
        visits = with_visits(office)
        listed = {each.receipt for each in page.items}
        assert listed - visits == {receipt for receipt, _ in late} - visits
        rows = wire(reports.overdue(office.db, office.settings, Scope(bureau="sasac")))["rows"]
        counts = {row["promise"]: row["overdue"] for row in rows if row["promise"] != Kind.VISIT}
        assert counts == Counter(kind for _, kind in late)
        assert in_digest(office, "已逾期") == late
        assert in_digest(office, "即将到期") == soon
        assert in_digest(office, "须督办", head=True) == escalated
    assert seen >= {
        (kind, level)
        for kind in (ACKNOWLEDGE, DETERMINE, Kind.REVIEW.value)
        for level in (None, "soon", "late", "escalated")
    }


def moments(office: Office, began: date) -> Iterator[datetime]:
    """A minute before offices open and a minute after."""
    for days in LOOKED_AT:
        day = add_working_days(began, days)[0]
        for clock in (time(8, 59), time(9, 1)):
            at = datetime.combine(day, clock, CHINA)
            now = business_time.now(office.db)
            if at > now:
                business_time.advance(office.db, office.settings, at - now)
                yield at


def run_chase(office: Office) -> None:
    while ids := claim_ids(office.db, office.settings, Stage.CHASE):
        chase.run(office.db, office.settings, ids)


def with_visits(office: Office) -> set[str]:
    """Cases on whose visit something is to be recorded: late for that as well."""
    return set(
        column(
            office.db,
            "SELECT receipt FROM application AS a JOIN visit AS v ON v.id = a.visit_id"
            " WHERE v.state <> 'done' AND v.planned_on < (app_now() AT TIME ZONE 'Asia/Shanghai')"
            "::date",
        )
    )


def in_digest(office: Office, heading: str, *, head: bool = False) -> set[tuple[str, str]]:
    """The cases and kinds under a heading of the day's digest."""
    kinds = {kind.label: kind.value for kind in Kind}
    with office.db.statement() as conn:
        letter = digest.letter(
            conn, office.settings, Recipient("sasac", is_head=head), business_time.now(office.db)
        )
    if letter is None:
        return set()
    assert not re.search(r"\d{4}-\d\d-\d\d", letter.subject + letter.text)
    _, _, part = letter.text.partition(f"{heading}（")
    found = re.findall(r"\d+\. (.+?)：.+?（(.+?)），期限", part.partition("\n\n")[0])
    return {(receipt, kinds[label]) for label, receipt in found if kinds[label] != Kind.VISIT}
