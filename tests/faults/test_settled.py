"""What the harness says of cases that are purged whole is true: each check finds what it is for."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import cast
from urllib.parse import urlsplit

import pytest

from casework.followup import chase
from casework.operations import purge, sealing, trail_check
from faults import settled
from faults.judgement import Judgement
from faults.world import KEEP_GRANTED_DAYS, Settled, World
from store.db import Database
from tests.support.ledgers import claim_ids, column, scalar
from tests.support.office import Office
from tests.support.servers import Servers, with_database
from vocabulary.work import Stage

Cases = dict[str, Settled]


@pytest.fixture
def world(office: Office) -> Office:
    """The office with the days of the harness."""
    practice = replace(office.settings.practice, keep_granted=KEEP_GRANTED_DAYS)
    office.settings = replace(office.settings, practice=practice)
    return office


@pytest.fixture
def cases(world: Office, servers: Servers, owner_url: str) -> Cases:
    """One of each sort, and another application beside them."""
    world.submit()
    url = with_database(servers.superuser_url, urlsplit(owner_url).path[1:])
    return settled.make(url, world.settings, each=1)


def found(database: Database, made: Cases) -> dict[str, str]:
    """What is found, by what is wrong."""
    judgement = Judgement()
    with database.transaction() as conn:
        settled.check(conn, cast(World, SimpleNamespace(settled=made)), judgement.find)
    return dict(each.split(": ", 1) for each in judgement.findings)


def change(database: Database, statement: str, receipt: str) -> None:
    with database.transaction() as conn:
        conn.exec_driver_sql(statement, {"receipt": receipt})


def test_cases_of_years_ago_are_purged_and_the_others_stay(world: Office, cases: Cases) -> None:
    goes = {receipt for receipt, case in cases.items() if case.goes}
    assert len(goes) == 2
    assert len(cases) == 5
    assert scalar(world.db, "SELECT offset_seconds FROM clock") == 0
    assert set(found(world.db, cases)) == {"settled cases kept too long"}
    # Who looks for what is late before they are purged finds nothing: that were an act of today.
    chase.run(world.db, world.settings, claim_ids(world.db, world.settings, Stage.CHASE))
    assert purge.file(world.db, world.settings) == len(goes)
    purge.run(world.db, world.settings, claim_ids(world.db, world.settings, Stage.PURGE))
    assert found(world.db, cases) == {}
    assert set(column(world.db, "SELECT receipt FROM application WHERE purged_at IS NOT NULL")) == (
        goes
    )
    sealing.run(world.db, world.settings)
    with world.db.transaction() as conn:
        assert not trail_check.verify(conn, world.settings).findings


@pytest.mark.parametrize(
    ("statement", "goes", "finding"),
    [
        ("UPDATE application SET purged_at = app_now()", False, "purged and still needed"),
        ("UPDATE application SET personal = NULL", False, "people gone of what was not purged"),
        (r"UPDATE application SET personal = '\x0100'", False, "people that cannot be read"),
        ("UPDATE application SET facts = '{\"a\": 1}'", True, "purged, and people are left"),
        ("UPDATE application SET amount = 1", True, "numbers that went with the people"),
        ("UPDATE application SET purged_at = NULL", True, "purges without exactly one event"),
    ],
)
def test_what_went_wrong_is_found(
    world: Office, cases: Cases, statement: str, goes: bool, finding: str
) -> None:
    purge.file(world.db, world.settings)
    purge.run(world.db, world.settings, claim_ids(world.db, world.settings, Stage.PURGE))
    chosen = next(receipt for receipt, case in cases.items() if case.goes is goes)
    change(world.db, f"{statement} WHERE receipt = %(receipt)s", chosen)
    assert chosen in found(world.db, cases)[finding]
