"""What a bureau does with its visits, and what enterprises ask there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import icalendar
import pytest

from casework.acts import transfer, withdraw
from casework.errors import CaseworkError, IllegalMove, NotPermitted, VersionChanged
from casework.followup import (
    request_list,
    requests,
    visit_acts,
    visit_calendar,
    visit_list,
    visit_plan,
    visit_reminders,
)
from casework.followup.requests import Asked, InvalidTransfer, RequestNotFound
from casework.followup.visit_acts import InvalidVisitDay
from casework.followup.visit_calendar import FeedNotFound
from casework.followup.visit_list import VisitNotFound, Wanted
from casework.people.access import Principal
from casework.work.dispatch import Stage
from rules.workdays import add_working_days
from schemas.visits import PlannedVisit
from tests.support.applications import uscc
from tests.support.ledgers import claim_ids, column, scalar
from tests.support.office import COLLEAGUE, HEAD, OFFICER, STRANGER, Office
from vocabulary.people import Role
from vocabulary.zone import CHINA

DEVELOPMENT = Principal("development_reform", Role.OFFICER, "测试庚")


def the_visit(office: Office, who: Principal = OFFICER) -> PlannedVisit:
    (found,) = visit_list.list_visits(office.db, who, Wanted()).items
    return found


def versions(office: Office) -> frozenset[int]:
    return frozenset({scalar(office.db, "SELECT version FROM visit")})


def confirm(office: Office, who: Principal = OFFICER, **given: Any) -> int:
    return visit_acts.confirm(office.db, office.settings, who, 1, versions(office), **given)


def record(office: Office, result: str = "met", *asked: Asked) -> Sequence[int]:
    told = visit_acts.record_outcome(
        office.db, office.settings, OFFICER, 1, versions(office),
        visited_on=office.today(), result=result, note="当面了解", requests=asked,
    )  # fmt: skip
    return told.requests or ()


def run_reminders(office: Office) -> None:
    visit_reminders.run(
        office.db, office.settings, claim_ids(office.db, office.settings, Stage.REMIND)
    )


def test_a_confirmed_visit_keeps_its_day_and_is_reminded_of(office: Office) -> None:
    accepted = office.submit()
    day, _ = add_working_days(office.today(), 4)
    confirm(office, planned_on=day, starts_at=time(14, 30))
    seen = office.status(accepted)["visit"]
    assert (seen["planned_on"], seen["starts_at"], seen["state"]) == (
        day.isoformat(), "14:30", "confirmed",
    )  # fmt: skip
    office.go_to(add_working_days(day, -2)[0])
    run_reminders(office)
    run_reminders(office)
    assert the_visit(office).state == "confirmed"
    told = column(office.db, "SELECT type FROM event WHERE type = 'visit.reminded'")
    assert len(told) == 1
    assert "确认走访" in " ".join(line["text"] for line in office.status(accepted)["timeline"])


def test_a_moved_visit_is_reminded_of_once_for_each_day(office: Office) -> None:
    office.submit()
    day, _ = add_working_days(office.today(), 4)
    later, _ = add_working_days(day, 6)
    confirm(office, planned_on=day)
    office.go_to(add_working_days(day, -2)[0])
    run_reminders(office)
    visit_acts.move(
        office.db,
        office.settings,
        OFFICER,
        1,
        versions(office),
        planned_on=later,
        reason="企业当日盘点",
    )
    run_reminders(office)
    count = "SELECT count(*) FROM event WHERE type = 'visit.reminded'"
    assert scalar(office.db, count) == 1
    office.go_to(add_working_days(later, -2)[0])
    run_reminders(office)
    run_reminders(office)
    assert scalar(office.db, count) == 2


def test_days_that_cannot_be(office: Office) -> None:
    office.submit()
    office.submit()
    today = office.today()
    day, _ = add_working_days(today, 3)
    saturday = day + timedelta(days=(5 - day.weekday()) % 7)
    while add_working_days(saturday - timedelta(days=1), 1)[0] == saturday:
        saturday += timedelta(days=7)  # a make-up day
    visit_plan.set_capacity(office.db, office.settings, HEAD, 1)
    first = frozenset({1})
    for wrong in (today - timedelta(days=1), saturday):
        with pytest.raises(InvalidVisitDay):
            visit_acts.confirm(office.db, office.settings, OFFICER, 1, first, planned_on=wrong)
    visit_acts.confirm(office.db, office.settings, OFFICER, 1, first, planned_on=day)
    with pytest.raises(InvalidVisitDay, match="排满"):
        visit_acts.confirm(office.db, office.settings, OFFICER, 2, first, planned_on=day)


def test_what_a_day_takes_is_on_record_with_who_set_it(office: Office) -> None:
    for given in (7, None):
        visit_plan.set_capacity(office.db, office.settings, HEAD, given)
    told = (
        "SELECT actor, data ->> 'count' FROM event WHERE type = 'visits.capacity_set' ORDER BY id"
    )
    with office.db.statement() as conn:
        assert [tuple(row) for row in conn.exec_driver_sql(told)] == [
            (HEAD.actor, "7"),
            (HEAD.actor, str(office.settings.practice.visits_per_day)),
        ]


def test_a_full_day_is_not_given_away_twice_by_officers_acting_at_once(office: Office) -> None:
    for _ in range(6):
        office.submit()
    visit_plan.set_capacity(office.db, office.settings, HEAD, 2)
    day, _ = add_working_days(office.today(), 3)

    def confirm(visit_id: int) -> bool:
        try:
            visit_acts.confirm(
                office.db, office.settings, OFFICER, visit_id, frozenset({1}), planned_on=day
            )
        except InvalidVisitDay:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(confirm, range(1, 7))) == 2


def test_the_outcome_opens_requests_that_are_routed_answered_and_told(office: Office) -> None:
    accepted = office.submit()
    opened = record(office, "met", Asked("希望对接贷款", "finance"), Asked("门前道路施工"))
    seen = office.status(accepted)
    assert seen["visit"]["state"] == "done"
    assert [each["bureau"] for each in seen["requests"]] == ["financial_street", "sasac"]
    due, _ = add_working_days(office.today(), office.settings.practice.request)
    assert {each["due_on"] for each in seen["requests"]} == {due.isoformat()}
    assert {each["promise"] for each in seen["promises"]} >= {"request"}
    requests.answer(office.db, office.settings, OFFICER, opened[1], frozenset({1}), words="已协调")
    requests.route(
        office.db, office.settings, Principal("financial_street", Role.OFFICER, "测试辛"),
        opened[0], frozenset({1}), to="development_reform", reason="属融资对接",
    )  # fmt: skip
    requests.answer(
        office.db, office.settings, DEVELOPMENT, opened[0], frozenset({2}), words="已与银行对接"
    )
    answers = [(each["state"], each["answer"]) for each in office.status(accepted)["requests"]]
    assert answers == [("answered", "已与银行对接"), ("answered", "已协调")]
    assert "request" not in {each["promise"] for each in office.status(accepted)["promises"]}
    kinds = [line["type"] for line in office.status(accepted)["timeline"]]
    assert kinds.count("request.opened") == kinds.count("request.answered") == 2
    with pytest.raises(IllegalMove):
        requests.answer(office.db, office.settings, OFFICER, opened[1], frozenset({2}), words="又")


def test_nobody_met_means_another_visit(office: Office) -> None:
    accepted = office.submit()
    record(office, "absent")
    seen = office.status(accepted)["visit"]
    assert seen["state"] == "planned"
    assert "上门未遇" in seen["basis"]
    assert scalar(office.db, "SELECT count(*) FROM work_item WHERE stage = 'remind'") == 2


def test_a_request_moves_once_then_it_is_the_supervisors(office: Office) -> None:
    accepted = office.submit()
    number = requests.open_by_applicant(
        office.db, office.settings, accepted.receipt, accepted.access_code, Asked("希望减租")
    )
    for to in ("nowhere", "sasac"):
        with pytest.raises(InvalidTransfer):
            requests.route(
                office.db, office.settings, OFFICER, number, frozenset({1}), to=to, reason="x"
            )
    requests.route(
        office.db, office.settings, OFFICER, number, frozenset({1}), to="finance", reason="属财政"
    )
    clerk, head = (Principal("finance", role, "测试壬") for role in (Role.OFFICER, Role.SUPERVISOR))
    with pytest.raises(NotPermitted):
        requests.route(
            office.db, office.settings, clerk, number, frozenset({2}), to="sasac", reason="不属"
        )
    requests.route(
        office.db, office.settings, head, number, frozenset({2}), to="sasac", reason="不属"
    )
    with pytest.raises(VersionChanged):
        requests.answer(office.db, office.settings, OFFICER, number, frozenset({2}), words="旧版本")
    assert request_list.read(office.db, OFFICER, number).transfers == 2


def test_the_enterprise_may_take_a_request_back(office: Office) -> None:
    accepted, other = office.submit(), office.submit()
    own = (accepted.receipt, accepted.access_code)
    number = requests.open_by_applicant(office.db, office.settings, *own, Asked("希望减租"))
    with pytest.raises(RequestNotFound):
        requests.withdraw(office.db, office.settings, other.receipt, other.access_code, number)
    requests.withdraw(office.db, office.settings, *own, number)
    assert office.status(accepted)["requests"][0]["state_text"] == "已撤回"
    with pytest.raises(IllegalMove):
        requests.withdraw(office.db, office.settings, *own, number)


def test_a_shared_visit_ends_with_the_last_application(office: Office) -> None:
    both = [office.submit(uscc=uscc(7)) for _ in range(2)]
    for accepted, state in zip(both, ("planned", "cancelled"), strict=True):
        withdraw.withdraw(
            office.db, office.settings, accepted.receipt, accepted.access_code, reason=None
        )
        assert scalar(office.db, "SELECT state FROM visit") == state


def test_a_visit_follows_its_last_application_to_another_bureau(office: Office) -> None:
    both = [office.submit(uscc=uscc(7)) for _ in range(2)]
    confirm(office, starts_at=time(9, 30))
    for accepted, bureau in zip(both, ("sasac", "finance"), strict=True):
        transfer.transfer(
            office.db, office.settings, OFFICER, accepted.receipt, office.seen(accepted.receipt),
            to="finance", reason="属财政",
        )  # fmt: skip
        assert scalar(office.db, "SELECT bureau FROM visit") == bureau
    # The day that was told as fixed is not: the page says so, and so does a message.
    told = office.status(both[1])
    assert (told["visit"]["provisional"], told["visit"]["starts_at"]) == (True, None)
    assert any("走访改由区财政局承担，日期暂定为" in line["text"] for line in told["timeline"])
    sent = column(
        office.db,
        "SELECT DISTINCT d.recipient_kind FROM delivery AS d JOIN event AS e ON e.id = d.event_id"
        " WHERE e.type = 'visit.handed_over'",
    )
    assert sent == ["enterprise"]


def test_other_bureaus_neither_see_nor_change(office: Office) -> None:
    accepted = office.submit()
    number = requests.open_by_bureau(
        office.db, office.settings, OFFICER, accepted.receipt, Asked("希望减租")
    )
    assert visit_list.list_visits(office.db, STRANGER, Wanted()).items == []
    assert request_list.list_requests(office.db, STRANGER).items == []
    tried: list[tuple[type[CaseworkError], Callable[[], object]]] = [
        (VisitNotFound, lambda: visit_list.read(office.db, STRANGER, 1)),
        (VisitNotFound, lambda: confirm(office, STRANGER)),
        (RequestNotFound, lambda: request_list.read(office.db, STRANGER, number)),
        (
            RequestNotFound,
            lambda: requests.answer(
                office.db, office.settings, STRANGER, number, frozenset({1}), words="x"
            ),
        ),
    ]
    for error, act in tried:
        with pytest.raises(error):
            act()


def test_looking_at_visits_and_requests_is_on_record(office: Office) -> None:
    office.submit()
    the_visit(office)
    visit_list.read(office.db, COLLEAGUE, 1)
    looks = column(
        office.db, "SELECT type || ' ' || actor FROM event WHERE starts_with(type, 'access.visit')"
    )
    assert looks == ["access.visits_listed sasac:测试甲", "access.visit_read sasac:测试乙"]


def test_the_feed_is_read_by_a_calendar_parser(office: Office) -> None:
    office.submit()
    office.submit()
    day, _ = add_working_days(office.today(), 4)
    first = frozenset({1})
    visit_acts.confirm(
        office.db, office.settings, OFFICER, 1, first, planned_on=day, starts_at=time(9, 30)
    )
    visit_acts.cancel(office.db, office.settings, OFFICER, 2, first, reason="企业迁出")
    office.employ(HEAD)
    made = visit_calendar.create(office.db, office.settings, HEAD, "科室日历")
    secret = made.url.rpartition("/")[2].removesuffix(".ics")
    calendar = icalendar.Calendar.from_ical(visit_calendar.read(office.db, office.settings, secret))
    timed, dropped = calendar.walk("VEVENT")
    assert timed["UID"] == "visit-1@wenqi"
    assert timed.decoded("DTSTART") == datetime.combine(day, time(9, 30), CHINA)
    assert (timed["STATUS"], dropped["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert type(dropped.decoded("DTSTART")) is date
    assert "测试餐饮有限公司" in str(timed["SUMMARY"])
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["Asia/Shanghai"]
    with pytest.raises(FeedNotFound):
        visit_calendar.read(office.db, office.settings, secret + "x")
    (kept,) = visit_calendar.list_all(office.db, office.settings, HEAD)
    with pytest.raises(FeedNotFound):
        visit_calendar.revoke(office.db, replace(HEAD, bureau="finance"), kept.id)
    visit_calendar.revoke(office.db, HEAD, kept.id)
    with pytest.raises(FeedNotFound):
        visit_calendar.read(office.db, office.settings, secret)
    told = (
        "SELECT type, actor, data ->> 'feed' FROM event WHERE type LIKE 'calendar.%%' ORDER BY id"
    )
    with office.db.statement() as conn:
        assert [tuple(row) for row in conn.exec_driver_sql(told)] == [
            ("calendar.shared", HEAD.actor, str(kept.id)),
            ("calendar.revoked", HEAD.actor, str(kept.id)),
        ]
    stored = scalar(office.db, "SELECT encode(secret_hash, 'escape') FROM calendar_feed")
    assert secret not in stored


def test_the_feed_reminds_of_a_day_at_nine_the_day_before_and_of_an_hour_an_hour_before(
    office: Office,
) -> None:
    office.submit()
    confirm(office)
    office.employ(HEAD)
    made = visit_calendar.create(office.db, office.settings, HEAD, "科室日历")
    secret = made.url.rsplit("/", 1)[1].removesuffix(".ics")

    def triggers() -> list[str]:
        feed = visit_calendar.read(office.db, office.settings, secret).decode()
        return [line for line in feed.splitlines() if line.startswith("TRIGGER")]

    assert triggers() == ["TRIGGER:-PT15H"]
    day, _ = add_working_days(office.today(), 5)
    confirm(office, planned_on=day, starts_at=time(14, 30))
    assert triggers() == ["TRIGGER:-PT1H"]


def test_a_feed_ends_by_itself(office: Office) -> None:
    office.employ(HEAD)
    settings = replace(office.settings, practice=replace(office.settings.practice, feed_days=10))
    made = visit_calendar.create(office.db, settings, HEAD, "科室日历")
    secret = made.url.rsplit("/", 1)[1].removesuffix(".ics")
    office.go_to(office.today() + timedelta(days=9))
    visit_calendar.read(office.db, settings, secret)
    office.go_to(office.today() + timedelta(days=2))
    with pytest.raises(FeedNotFound):
        visit_calendar.read(office.db, settings, secret)
    assert visit_calendar.list_all(office.db, settings, HEAD) == []


def test_the_feeds_durations_are_durations(office: Office) -> None:
    office.employ(HEAD)
    made = visit_calendar.create(office.db, office.settings, HEAD, "科室日历")
    secret = made.url.rsplit("/", 1)[1].removesuffix(".ics")
    lines = visit_calendar.read(office.db, office.settings, secret).decode().splitlines()
    assert "X-PUBLISHED-TTL:PT1H" in lines
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in lines
