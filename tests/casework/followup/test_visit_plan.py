"""The plan of visits: one per enterprise, within the day's capacity, least recently seen first."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from casework.decision import assess
from casework.followup import visit_reminders
from casework.followup.visit_plan import Days
from casework.intake.accept import Accepted
from casework.operations import business_time
from casework.views import status
from casework.work.dispatch import Stage
from config.settings import Settings
from rules.workdays import add_working_days
from store.db import Database
from tests.support import filing
from tests.support.applications import tenant, uscc
from tests.support.ledgers import claim_ids, column, scalar
from tests.support.wire import wire

WEDNESDAY = date(2026, 5, 13)
PLACED = "SELECT planned_on FROM visit WHERE state IN ('scheduled', 'reminded') ORDER BY id"


def file(database: Database, settings: Settings, number: int, **changes: str) -> Accepted:
    return filing.accept(database, settings, tenant(uscc=uscc(number), **changes))


def assess_all(database: Database, settings: Settings) -> None:
    assess.run(database, settings, claim_ids(database, settings, Stage.ASSESS))


def plan_all(database: Database, settings: Settings) -> None:
    """Go to when the visits get their places, and let them."""
    due: datetime = scalar(database, "SELECT max(not_before) FROM work_item WHERE stage = 'remind'")
    business_time.advance(
        database, settings, due - business_time.now(database) + timedelta(seconds=2)
    )
    visit_reminders.run(database, settings, claim_ids(database, settings, Stage.REMIND))


def capacity(settings: Settings, visits: int) -> Settings:
    return replace(settings, practice=replace(settings.practice, visits_per_day=visits))


def test_applications_of_one_enterprise_share_a_visit(
    database: Database, settings: Settings
) -> None:
    first, second = (file(database, settings, 1) for _ in range(2))
    assess_all(database, settings)
    third = file(database, settings, 1)
    assess_all(database, settings)
    assert scalar(database, "SELECT count(*) FROM visit") == 1
    assert len(set(column(database, "SELECT visit_id FROM application"))) == 1
    days = {
        wire(status.read(database, settings, each.receipt, each.access_code))["visit"]["planned_on"]
        for each in (first, second, third)
    }
    assert len(days) == 1
    kinds = Counter(column(database, "SELECT type FROM event WHERE starts_with(type, 'visit.')"))
    assert kinds == {"visit.scheduled": 1, "visit.merged": 2}
    plan_all(database, settings)
    plan_all(database, settings)
    told = column(database, "SELECT recipient_kind FROM delivery WHERE visit_id IS NOT NULL")
    assert sorted(told) == ["bureau", "enterprise"]
    reminded = "SELECT count(*) FROM event WHERE type = 'visit.reminded'"
    assert scalar(database, reminded) == 3  # on every application's timeline


def test_parallel_workers_never_plan_two_visits_for_one_enterprise(
    database: Database, settings: Settings
) -> None:
    for number in range(60):
        file(database, settings, number % 12)
    ids = claim_ids(database, settings, Stage.ASSESS)
    # Every chunk holds applications of every enterprise, in another order.
    chunks = [ids[start::5] for start in range(5)]
    with ThreadPoolExecutor(5) as pool:
        reports = list(pool.map(lambda chunk: assess.run(database, settings, chunk), chunks))
    assert sum(report.done for report in reports) == 60
    assert scalar(database, "SELECT count(*) FROM visit") == 12
    linked = (
        "SELECT count(*) FROM application AS a JOIN visit AS v ON v.id = a.visit_id"
        " AND v.uscc = a.uscc"
    )
    assert scalar(database, linked) == 60


def test_a_day_takes_what_the_bureau_can_do_and_parallel_planners_agree(
    database: Database, settings: Settings
) -> None:
    small = capacity(settings, 3)
    for number in range(20):
        file(database, small, number)
    assess_all(database, small)
    due: datetime = scalar(database, "SELECT max(not_before) FROM work_item WHERE stage = 'remind'")
    business_time.advance(database, small, due - business_time.now(database) + timedelta(seconds=2))
    ids = claim_ids(database, small, Stage.REMIND)
    with ThreadPoolExecutor(4) as pool:
        list(
            pool.map(
                lambda part: visit_reminders.run(database, small, part),
                [ids[n::4] for n in range(4)],
            )
        )
    days = Counter(column(database, PLACED))
    assert sum(days.values()) == 20
    assert set(days.values()) <= {2, 3}
    promised = column(database, "SELECT DISTINCT due_on FROM visit")
    assert len(promised) == 1
    # As many as possible by the promised day.
    assert sum(count for day, count in days.items() if day <= promised[0]) == 12


def test_who_was_visited_least_recently_comes_first(database: Database, settings: Settings) -> None:
    short = replace(settings, practice=replace(settings.practice, visits_per_day=1, gap=0, plan=2))
    for number in (1, 2, 3):
        file(database, short, number)
    assess_all(database, short)
    with database.transaction() as conn:
        for number, days in ((1, 10), (3, 40)):
            conn.exec_driver_sql(
                "INSERT INTO application (receipt, notice_id, provision, uscc, name, enterprise,"
                " facts, state, access_hash, source, received_at) VALUES (%(r)s, 'n', 'p',"
                " %(uscc)s, 'x', '{}', '{}', 'withdrawn', '', 'form', app_now())",
                {"r": f"old{number}", "uscc": uscc(number)},
            )
            conn.exec_driver_sql(
                "INSERT INTO visit (uscc, application_id, bureau, planned_on, provisional, basis,"
                " state, visited_on, result, created_at)"
                " SELECT uscc, id, 'sasac', on_day - %(days)s, false, '', 'done',"
                " on_day - %(days)s, 'met', app_now() FROM application,"
                " CAST(app_now() AT TIME ZONE 'Asia/Shanghai' AS date) AS on_day"
                " WHERE receipt = %(r)s",
                {"r": f"old{number}", "days": days},
            )
    plan_all(database, short)
    rows = column(database, "SELECT uscc FROM visit WHERE state = 'scheduled' ORDER BY planned_on")
    promised = scalar(
        database,
        "SELECT uscc FROM visit WHERE state = 'scheduled' AND planned_on = due_on",
    )
    # Never visited gets the promised day; the one visited ten days ago is moved furthest.
    assert promised == uscc(2)
    assert rows[-1] == uscc(1)


def test_two_visits_are_a_gap_apart(database: Database, settings: Settings) -> None:
    file(database, settings, 1)
    assess_all(database, settings)
    with database.statement() as conn:
        conn.exec_driver_sql(
            "UPDATE visit SET state = 'done', visited_on = planned_on, result = 'met'"
        )
    done_on = scalar(database, "SELECT visited_on FROM visit")
    second = file(database, settings, 1)
    assess_all(database, settings)
    assert scalar(database, "SELECT count(*) FROM visit") == 2
    plan_all(database, settings)
    found = wire(status.read(database, settings, second.receipt, second.access_code))["visit"]
    earliest, _ = add_working_days(done_on, settings.practice.gap)
    assert found["planned_on"] == earliest.isoformat()
    assert "相隔20个工作日" in found["basis"]


def test_an_enterprise_that_withdrew_everything_is_not_visited(
    database: Database, settings: Settings
) -> None:
    file(database, settings, 1)
    assess_all(database, settings)
    with database.statement() as conn:
        conn.exec_driver_sql("UPDATE application SET state = 'withdrawn'")
    plan_all(database, settings)
    assert column(database, "SELECT state FROM visit") == ["cancelled"]
    assert scalar(database, "SELECT count(*) FROM work_item WHERE stage = 'remind'") <= 1
    plan_all(database, settings)
    assert scalar(database, "SELECT count(*) FROM delivery WHERE visit_id IS NOT NULL") == 0


@pytest.mark.parametrize(
    ("booked", "wanted", "earliest", "day"),
    [
        ({}, 15, 13, 15),
        ({15: 2}, 15, 13, 14),
        ({13: 2, 14: 2, 15: 2}, 15, 13, 18),  # over the weekend
        ({15: 2}, 15, 15, 18),
        ({}, 13, 18, 18),
        ({}, 16, 13, 18),  # a Saturday is no wish that can be kept
        ({}, 11, 13, 13),
    ],
)
def test_the_nearest_free_day_before_then_after(
    booked: dict[int, int], wanted: int, earliest: int, day: int
) -> None:
    may = {number: date(2026, 5, number) for number in range(1, 32)}
    days = Days(WEDNESDAY, 2, {may[number]: count for number, count in booked.items()})
    assert days.place(may[wanted], may[earliest])[0] == may[day]


def test_thousands_of_places_are_found_and_none_twice() -> None:
    days = Days(WEDNESDAY, 3, {})
    placed = Counter(days.place(WEDNESDAY, WEDNESDAY)[0] for _ in range(3001))
    assert set(placed.values()) == {1, 3}
    assert all(day.weekday() < 5 or add_working_days(day, 0)[0] == day for day in placed)
    assert len(placed) == 1001
