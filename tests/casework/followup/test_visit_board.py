"""A day beyond what the bureau can do is never told as fixed; its week, its route, its feeds."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import icalendar
import pytest

from casework.acts import assign
from casework.errors import NotPermitted
from casework.followup import visit_acts, visit_board, visit_calendar, visit_plan, visit_reminders
from casework.followup.requests import Asked, open_by_bureau
from casework.followup.visit_calendar import FeedNotFound
from casework.work.dispatch import Stage
from rules.workdays import add_working_days
from schemas.calendars import NewFeed
from tests.support.applications import tenant_body, uscc
from tests.support.ledgers import claim_ids, column, scalar
from tests.support.office import COLLEAGUE, HEAD, OFFICER, Office
from vocabulary.people import Role


def plan(office: Office) -> None:
    """Let the visits get their places, when their day comes near."""
    office.go_to(scalar(office.db, "SELECT max(not_before)::date FROM work_item"))
    due = claim_ids(office.db, office.settings, Stage.REMIND)
    visit_reminders.run(office.db, office.settings, due)


def test_a_day_without_a_place_is_told_as_a_guess_and_another_one_is_announced(
    office: Office,
) -> None:
    filed = [office.submit(uscc=uscc(70 + number)) for number in range(3)]
    visit_plan.set_capacity(office.db, office.settings, HEAD, 1)
    seen = [office.status(each) for each in filed]
    assert [each["visit"]["provisional"] for each in seen] == [True] * 3
    assert {each["visit"]["planned_on"] for each in seen} == {seen[0]["visit"]["planned_on"]}
    assert "排期后确定" in str(seen[0]["timeline"])
    plan(office)
    now = [office.status(each) for each in filed]
    assert [each["visit"]["provisional"] for each in now] == [False] * 3
    assert len({each["visit"]["planned_on"] for each in now}) == 3
    told = column(
        office.db,
        "SELECT e.data ->> 'cause' FROM delivery AS d JOIN event AS e ON e.id = d.event_id"
        " WHERE e.type = 'visit.moved' AND d.recipient_kind = 'enterprise'",
    )
    assert told == ["full", "full"]
    kinds = column(office.db, "SELECT type FROM event WHERE type ~ 'visit.(moved|planned)'")
    assert sorted(kinds) == ["visit.moved", "visit.moved", "visit.planned"]
    assert sum("改到" in str(each["timeline"]) for each in now) == 2


def test_a_week_shows_what_each_day_takes_and_a_day_its_way(office: Office) -> None:
    bodies = [tenant_body(uscc=uscc(80 + number)) for number in range(3)]
    for body, address in zip(bodies, ("乙街2号", "甲街1号", "丙街3号"), strict=True):
        body["facts"]["leases"][0]["address"] = address
    filed = [office.submit(body) for body in bodies]
    day, _ = add_working_days(office.today(), 4)
    for visit, at in ((1, None), (2, None), (3, time(9, 30))):
        visit_acts.confirm(
            office.db, office.settings, OFFICER, visit, frozenset({1}),
            planned_on=day, starts_at=at,
        )  # fmt: skip
    open_by_bureau(office.db, office.settings, OFFICER, filed[1].receipt, Asked("希望对接贷款"))
    visit_plan.set_capacity(office.db, office.settings, HEAD, 5)
    week = visit_board.week(office.db, office.settings, OFFICER, day)
    (on,) = (each for each in week.days if each.day == day)
    assert (on.booked, on.capacity) == (3, 5)
    assert [each.id for each in week.items] == [3, 1, 2]
    assert all(each.contacts[0].phone for each in week.items)
    way = visit_board.route(office.db, OFFICER, day)
    assert [each.visit.address for each in way.stops] == ["丙街3号", "乙街2号", "甲街1号"]
    assert "诉求：希望对接贷款" in way.stops[2].ask
    assert len(way.stops[0].ask) > 1
    looked = column(
        office.db, "SELECT cardinality(shown) FROM event WHERE type = 'access.visits_listed'"
    )
    assert looked == [3, 3]
    other = visit_board.week(office.db, office.settings, replace(OFFICER, bureau="finance"), day)
    assert other.items == []
    office.go_to(add_working_days(day, 6)[0])
    late = visit_board.week(office.db, office.settings, OFFICER)
    assert (late.earlier, late.earliest) == (3, day)


def feed(office: Office, made: NewFeed) -> list[dict[str, str]]:
    secret = made.url.rpartition("/")[2].removesuffix(".ics")
    read = visit_calendar.read(office.db, office.settings, secret)
    events = icalendar.Calendar.from_ical(read).walk("VEVENT")
    return [{name: str(value) for name, value in each.items()} for each in events]


def test_a_feed_of_ones_own_has_the_visits_of_the_cases_one_works_on(office: Office) -> None:
    body = tenant_body(uscc=uscc(91))
    body["facts"]["leases"][0]["address"] = "测试街1号"
    mine, other = office.submit(body), office.submit(uscc=uscc(92))
    office.employ(OFFICER, COLLEAGUE, HEAD)
    given = ((mine, OFFICER), (other, COLLEAGUE))
    for each, who in given:
        assign.one(office.db, office.settings, OFFICER, each.receipt, to=who.label)
    made = visit_calendar.create(office.db, office.settings, OFFICER, "我的手机", own=True)
    (event,) = feed(office, made)
    assert mine.receipt in event["DESCRIPTION"]
    assert "联系人：" in event["DESCRIPTION"]
    assert event["LOCATION"] == "测试街1号"
    assert "（暂定）" in event["SUMMARY"]
    assert event["URL"].endswith("/desk/visits/1")
    whole = visit_calendar.create(office.db, office.settings, HEAD, "科室日历")
    assert len(feed(office, whole)) == 2
    # Who shares it for others, and may not read visits, shares no telephone.
    admin = replace(HEAD, role=Role.ADMIN, label="测试管")
    office.employ(admin)
    bare = visit_calendar.create(office.db, office.settings, admin, "大屏")
    assert all("LOCATION" not in e and "联系人" not in e["DESCRIPTION"] for e in feed(office, bare))
    # An officer sees and ends their own; the head all of the bureau.
    with pytest.raises(NotPermitted):
        visit_calendar.create(office.db, office.settings, OFFICER, "科室日历")
    own = visit_calendar.list_all(office.db, office.settings, OFFICER, own=True)
    assert [(each.id, each.own) for each in own] == [(made.id, True)]
    assert len(visit_calendar.list_all(office.db, office.settings, HEAD)) == 3
    for number in (whole.id, made.id):
        with pytest.raises(FeedNotFound):
            visit_calendar.revoke(office.db, COLLEAGUE, number, own=True)
    visit_calendar.revoke(office.db, OFFICER, made.id, own=True)
    with pytest.raises(FeedNotFound):
        feed(office, made)
