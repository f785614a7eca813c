"""What the harness says of its upkeep is true: each check finds what it is there for."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from casework.operations import key_rotation
from casework.personal import credentials, texts
from config import keys
from config.settings import Settings
from faults import upkeep
from faults.driver import Log, Round
from faults.judgement import Judgement
from faults.run import RECOVERY_LIMIT, quantile
from faults.world import LEASE_SECONDS, World
from store.db import Database
from tests.support.ledgers import scalar
from tests.support.office import Office

CLEAR = "addresses still in clear"


@pytest.fixture
def delivery(office: Office) -> tuple[int, str]:
    """One message's id, and the row that its address is sealed for."""
    office.submit()
    row = "SELECT {} FROM delivery ORDER BY id LIMIT 1"
    sealed_for = "event_id || ':' || channel"
    return scalar(office.db, row.format("id")), scalar(office.db, row.format(sealed_for))


def found(database: Database, settings: Settings, **world: Any) -> dict[str, str]:
    """What is found, by what is wrong."""
    made: dict[str, Any] = {
        "db": database,
        "settings": settings,
        "too_old": [],
        "kept": [],
        "complaints": [],
        "has_rotated": True,
        "settled_at": 0,
        **world,
    }
    judgement = Judgement()
    with database.transaction() as conn:
        upkeep.check(conn, cast(World, SimpleNamespace(**made)), judgement.find)
    return dict(each.split(": ", 1) for each in judgement.findings)


def write(database: Database, delivery: int, address: str | None) -> None:
    with database.transaction() as conn:
        conn.exec_driver_sql(
            "UPDATE delivery SET address = %(address)s WHERE id = %(id)s",
            {"address": address, "id": delivery},
        )


def test_addresses_in_clear_lost_and_kept_too_long(
    office: Office, delivery: tuple[int, str]
) -> None:
    id_, row = delivery
    sealed = texts.seal(upkeep.PHONE, "delivery.address", row)
    write(office.db, id_, sealed)
    assert found(office.db, office.settings, kept=[id_]) == {}
    assert set(found(office.db, office.settings, too_old=[id_])) == {"addresses kept too long"}
    write(office.db, id_, upkeep.PHONE)
    assert CLEAR in found(office.db, office.settings, kept=[id_])
    assert found(office.db, office.settings, kept=[id_], has_rotated=False) == {}
    write(office.db, id_, None)
    assert set(found(office.db, office.settings, kept=[id_])) >= {"addresses that were lost"}


def test_what_lies_under_old_keys(office: Office) -> None:
    receipt = office.submit().receipt
    assert {each.column for each in key_rotation.standing(office.db)}
    data, secret = keys.new_entry("later"), keys.new_entry("later")
    rings = replace(
        office.settings,
        secret_key=f"{secret},0:{'A' * 43}=",
        data_keys=keys.parse("DATA_KEYS", data),
    )
    said = found(office.db, rings)
    assert receipt in said["access codes under an old key"]
    assert "application.personal" in said["not under the newest key"]
    with office.db.transaction() as conn:
        hashed = credentials.access_hash(rings.require_secret_key(), "0" * 20)
        conn.exec_driver_sql("UPDATE application SET access_hash = %(hash)s", {"hash": hashed})
    assert "access codes under an old key" not in found(office.db, rings)


def test_what_others_take_of_the_machine_is_not_held_against_recovery() -> None:
    busy = Log(rounds=[Round(("x",), LEASE_SECONDS + 30.0, 0.8)])
    assert quantile(busy.own_recoveries(), 99) == pytest.approx(LEASE_SECONDS + 6)
    alone = Log(rounds=[Round(("x",), LEASE_SECONDS + 30.0, 0.0)])
    assert quantile(alone.own_recoveries(), 99) > RECOVERY_LIMIT
    # A lease is a lease, whoever has the machine.
    idle = Log(rounds=[Round(("x",), float(LEASE_SECONDS), 1.0)])
    assert idle.own_recoveries() == [LEASE_SECONDS]
