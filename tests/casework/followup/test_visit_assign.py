"""Who is to do a visit: taken, given and given back; whose board, way and feed it is on."""

from __future__ import annotations

from dataclasses import replace

import icalendar
import pytest

from casework.acts import assign as case_assign
from casework.acts import transfer
from casework.errors import IllegalMove, NotPermitted, VersionChanged
from casework.followup import visit_acts, visit_board, visit_calendar, visit_list
from casework.followup.visit_assign import assign, many
from casework.followup.visit_list import VisitNotFound, Wanted
from casework.people.access import Lent, Principal
from casework.people.colleagues import NoSuchColleague
from tests.support.applications import uscc
from tests.support.ledgers import column, scalar
from tests.support.office import COLLEAGUE, HEAD, OFFICER, STRANGER, Office
from vocabulary.people import Role


@pytest.fixture
def staffed(office: Office) -> Office:
    office.employ(OFFICER, COLLEAGUE, HEAD)
    return office


def give(office: Office, who: Principal, to: Principal | None, visit: int = 1) -> int:
    seen = scalar(office.db, "SELECT version FROM visit WHERE id = %(id)s", id=visit)
    label = to.label if to else None
    return assign(office.db, office.settings, who, visit, frozenset({seen}), to=label)


def has(office: Office, visit: int = 1) -> str | None:
    found = visit_list.read(office.db, HEAD, visit).assignee
    return found.label if found else None


def board(office: Office, who: Principal) -> list[int]:
    """A person's own visits, which board, way, list and feed have alike."""
    day = scalar(office.db, "SELECT min(planned_on) FROM visit")
    week = visit_board.week(office.db, office.settings, who, day, mine=True)
    on = [each.id for each in week.items]
    way = visit_board.route(office.db, who, day, mine=True)
    listed = visit_list.list_visits(office.db, who, Wanted(mine=True)).items
    made = visit_calendar.create(office.db, office.settings, who, "我的手机", own=True)
    secret = made.url.rpartition("/")[2].removesuffix(".ics")
    read = visit_calendar.read(office.db, office.settings, secret)
    fed = [str(each["UID"]) for each in icalendar.Calendar.from_ical(read).walk("VEVENT")]
    assert sorted(each.visit.id for each in way.stops) == sorted(on)
    assert sorted(each.id for each in listed) == sorted(on)
    assert sorted(fed) == sorted(f"visit-{each}@wenqi" for each in on)
    return sorted(on)


def test_an_officer_takes_what_nobody_has_and_gives_back_theirs(staffed: Office) -> None:
    staffed.submit()
    assert give(staffed, OFFICER, OFFICER) == 2
    assert has(staffed) == OFFICER.label
    # Who has it already: nothing is written.
    assert give(staffed, OFFICER, OFFICER) == 2
    for to in (COLLEAGUE, None):
        with pytest.raises(NotPermitted):
            give(staffed, COLLEAGUE, to)
    with pytest.raises(NotPermitted):
        give(staffed, OFFICER, COLLEAGUE)
    assert give(staffed, OFFICER, None) == 3
    assert has(staffed) is None
    with pytest.raises(NotPermitted):
        give(staffed, OFFICER, COLLEAGUE)
    said = "SELECT type FROM event WHERE type ~ 'visit.(un)?assigned' ORDER BY id"
    assert column(staffed.db, said) == ["visit.assigned", "visit.unassigned"]
    account = scalar(staffed.db, "SELECT id FROM account WHERE label = %(l)s", l=OFFICER.label)
    told = scalar(staffed.db, "SELECT data FROM event WHERE type = 'visit.assigned'")
    assert told == {"visit": 1, "bureau": "sasac", "account": account}


def test_a_head_gives_any_to_anybody_of_the_bureau(staffed: Office) -> None:
    staffed.submit()
    for to in (OFFICER, COLLEAGUE, HEAD, None):
        give(staffed, HEAD, to)
        assert has(staffed) == (to.label if to else None)
    with pytest.raises(NoSuchColleague):
        give(staffed, HEAD, STRANGER)
    with pytest.raises(VisitNotFound):
        give(staffed, STRANGER, None)
    for role in (Role.SYSTEM, Role.AUDITOR, Role.ADMIN):
        with pytest.raises(NotPermitted):
            give(staffed, replace(OFFICER, role=role), None)
    with pytest.raises(VersionChanged):
        assign(staffed.db, staffed.settings, HEAD, 1, frozenset({1}), to=None)
    # Who stands in for the head does so by name.
    lent = Lent(Role.SUPERVISOR, HEAD.label, HEAD.actor)
    give(staffed, replace(OFFICER, lent=(lent,)), COLLEAGUE)
    last = "SELECT data ->> 'standing_in_for' FROM event WHERE type ~ 'visit.assigned'"
    assert column(staffed.db, last + " ORDER BY id DESC")[0] == HEAD.label


def test_several_are_given_at_once_with_a_result_for_each(staffed: Office) -> None:
    for number in (71, 72, 73):
        staffed.submit(uscc=uscc(number))
    give(staffed, HEAD, COLLEAGUE, visit=2)
    asked = (staffed.db, staffed.settings)
    seen = {1: 1, 2: 2, 3: 7, 999: 1}
    told = many(*asked, OFFICER, seen, OFFICER.label).results
    assert [(each.visit, each.done, each.code) for each in told] == [
        (1, True, None),
        (2, False, "not_permitted"),  # a colleague's
        (3, False, "version_changed"),  # changed since
        (999, False, "visit_not_found"),
    ]
    assert all(each.enterprise for each in told[:3])
    assert told[3].enterprise is None
    assert [has(staffed, visit) for visit in (1, 2, 3)] == [OFFICER.label, COLLEAGUE.label, None]
    told = many(*asked, HEAD, {1: 2, 2: 2, 3: 1}, COLLEAGUE.label).results
    assert all(each.done for each in told)
    # Of another bureau's visits nothing is told.
    [foreign] = many(*asked, STRANGER, {1: 3}).results
    assert (foreign.code, foreign.enterprise) == ("visit_not_found", None)
    with pytest.raises(NoSuchColleague):
        many(*asked, HEAD, {1: 3}, STRANGER.label)
    with pytest.raises(NotPermitted):
        many(*asked, replace(OFFICER, role=Role.AUDITOR), {1: 3})


def test_ones_own_visits_are_those_given_and_those_of_nobody_about_ones_cases(
    staffed: Office,
) -> None:
    filed = [staffed.submit(uscc=uscc(60 + number)) for number in range(3)]
    case_assign.one(staffed.db, staffed.settings, OFFICER, filed[0].receipt, to=OFFICER.label)
    give(staffed, HEAD, OFFICER, visit=2)
    assert board(staffed, OFFICER) == [1, 2]
    assert board(staffed, COLLEAGUE) == []
    give(staffed, HEAD, COLLEAGUE, visit=1)
    assert board(staffed, OFFICER) == [2]
    assert board(staffed, COLLEAGUE) == [1]
    # The places of a day are those of the bureau, whoever looks.
    day = scalar(staffed.db, "SELECT planned_on FROM visit WHERE id = 3")
    act = (staffed.db, staffed.settings, OFFICER, 3, frozenset({1}))
    visit_acts.confirm(*act, planned_on=day)
    week = visit_board.week(staffed.db, staffed.settings, OFFICER, day, mine=True)
    assert next(each.booked for each in week.days if each.day == day) == 1


def test_anybody_records_what_came_of_it_and_in_vain_it_stays_with_whom_it_was(
    staffed: Office,
) -> None:
    staffed.submit()
    give(staffed, HEAD, OFFICER)
    for version, result in ((2, "absent"), (3, "met")):
        assert has(staffed) == OFFICER.label
        visit_acts.record_outcome(
            staffed.db, staffed.settings, COLLEAGUE, 1, frozenset({version}),
            visited_on=staffed.today(), result=result, note="了解",
        )  # fmt: skip
    with pytest.raises(IllegalMove):
        give(staffed, HEAD, COLLEAGUE)


def test_who_has_left_or_another_bureau_does_no_visit_of_this_one(staffed: Office) -> None:
    filed = staffed.submit()
    give(staffed, HEAD, COLLEAGUE)
    with staffed.db.transaction() as conn:
        conn.exec_driver_sql(
            "UPDATE account SET disabled_at = app_now() WHERE actor = %(who)s",
            {"who": COLLEAGUE.actor},
        )
    assert has(staffed) is None
    # Nobody has it, so that an officer takes it.
    give(staffed, OFFICER, OFFICER)
    assert has(staffed) == OFFICER.label
    transfer.transfer(
        staffed.db, staffed.settings, OFFICER, filed.receipt, staffed.seen(filed.receipt),
        to="finance", reason="属财政",
    )  # fmt: skip
    assert scalar(staffed.db, "SELECT assignee FROM visit") is None
