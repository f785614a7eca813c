"""A target's line: places above the rate, a summary of the rest, people first."""

from __future__ import annotations

import itertools

from casework.delivery.channels import gate
from casework.delivery.channels.base import Target
from store.db import Database


def _flood(database: Database, target: Target, count: int) -> list[gate.Admission]:
    found = []
    for _ in range(count):
        with database.transaction() as conn:
            found.append(gate.admit(conn, target, first=False))
    return found


def test_above_the_rate_the_rest_becomes_a_summary(database: Database) -> None:
    target = Target("wecom:test", per_minute=5, sums=True)
    found = _flood(database, target, 40)
    went = [each for each in found if each.wait is None]
    waiting = [each for each in found if each.wait is not None and not each.folded]
    folded = [each for each in found if each.folded]
    assert len(went) == 5
    # A place each, one behind the other, no longer than two minutes; the rest waits for nothing.
    waits = [each.wait or 0 for each in waiting]
    assert all(later > sooner - 0.5 for sooner, later in itertools.pairwise(waits))
    assert 5 <= len(waits) <= 11
    assert max(waits) < 125
    assert len(folded) == 40 - 5 - len(waiting)
    with database.transaction() as conn:
        conn.exec_driver_sql("UPDATE channel_target SET recent = '{}'")
        told = gate.admit(conn, target, first=False, waited=True)
        again = gate.admit(conn, target, first=False, waited=True)
    assert (told.wait, told.more, again.more) == (None, len(folded), 0)


def test_an_act_of_a_person_goes_before_the_line(database: Database) -> None:
    target = Target("wecom:test", per_minute=5, sums=True)
    _flood(database, target, 40)
    with database.transaction() as conn:
        admission = gate.admit(conn, target, first=True)
        assert not admission.folded
        assert admission.wait is not None
        assert admission.wait <= 62
        conn.exec_driver_sql(
            "UPDATE channel_target SET recent = recent[2:]"  # one has left the minute
        )
        assert gate.admit(conn, target, first=True).wait is None
