"""The conservation ledger: applications counted once, whatever is stuck named and put right."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from casework.decision import assess
from casework.operations import business_time, doctor
from casework.work import canary, dispatch
from casework.work.stages import STAGES
from cli.main import main
from config.settings import Settings
from rules import workdays
from store import ledger
from store.db import Database
from tests.support.ledgers import claim_ids, column, file_tenants, scalar
from tests.support.servers import free_port
from vocabulary.troubles import MEND
from vocabulary.work import Queue, Stage

Wenqi = Callable[..., Result]


@pytest.fixture
def wenqi(environment: dict[str, str], tmp_path: Path, database: Database) -> Wenqi:
    def run(*arguments: str, **env: str) -> Result:
        command = [*arguments, "--var", str(tmp_path)]
        return CliRunner().invoke(main, command, env={**environment, **env})

    assert scalar(database, "SELECT count(*) FROM application") == 0
    return run


def execute(database: Database, statement: str, **values: Any) -> None:
    with database.transaction() as conn:
        conn.exec_driver_sql(statement, values)


def arrive(database: Database, settings: Settings) -> None:
    """Every canary has come through, as if relay and workers were running."""
    canary.send(database, tuple(Queue))
    canary.run(database, settings, claim_ids(database, settings, Stage.CANARY))


@pytest.fixture
def spread(database: Database, settings: Settings) -> list[str]:
    """Applications in every place, the ways open. Returns the receipts."""
    receipts = [accepted.receipt for accepted in file_tenants(database, settings, 9)]
    ids = claim_ids(database, settings, Stage.ASSESS)
    assess.run(database, settings, ids[:3])  # with their bureau now
    with database.transaction() as conn:
        ledger.release(conn, ids[3:5])  # due
        ledger.fail(
            conn,
            ids[5],
            "unknown: x",
            backoff=ledger.Backoff(600, 600),
            max_attempts=9,
            begun=False,
        )
        ledger.bury(conn, ids[6], "permanent: there is no such thing")
    arrive(database, settings)
    return receipts


def test_every_application_is_in_exactly_one_place(
    database: Database, settings: Settings, spread: list[str]
) -> None:
    found = doctor.examine(database, settings)
    assert {place: count for place, count in found.places.items() if count} == {
        "due": 2,
        "leased": 2,
        "later": 1,
        "dead": 1,
        "bureau": 3,
    }
    assert sum(found.places.values()) == found.accepted == len(spread)
    assert [trouble.what for trouble in found.troubles] == ["dead letters of stage assess"]


def test_what_is_in_nobodys_hands_is_found_and_mended(
    database: Database, settings: Settings, spread: list[str]
) -> None:
    execute(database, "DELETE FROM work_item WHERE stage = 'assess' AND leased_until IS NOT NULL")
    execute(
        database,
        "UPDATE delivery SET channel = 'email', address = 'x@example.org', state = 'sending'"
        " WHERE id = (SELECT min(id) FROM delivery)",
    )
    found = doctor.examine(database, settings)
    assert found.places["nobody"] == 2
    assert sum(found.places.values()) == len(spread)
    orphans = {str(trouble.what): trouble for trouble in found.troubles if trouble.mend == MEND}
    assert orphans["applications without assessment or work item"].examples == tuple(spread[7:])
    assert orphans["deliveries without work item"].count == 1
    assert doctor.mend(database) == 3
    assert doctor.mend(database) == 0
    mended = doctor.examine(database, settings)
    assert mended.places["nobody"] == 0
    assert not [trouble for trouble in mended.troubles if trouble.mend == MEND]


@pytest.mark.usefixtures("spread")
def test_rows_that_refer_to_nothing_are_found(database: Database, settings: Settings) -> None:
    """What the database does not check row by row, the doctor does."""
    assert not [one for one in doctor.examine(database, settings).troubles if "air" in one.what]
    execute(
        database,
        "INSERT INTO event (application_id, type, actor, at) VALUES (4711, 'test', 'x', app_now())",
    )
    execute(database, "UPDATE assessment SET parameters_hash = '\\x00'")
    execute(database, "UPDATE application SET visit_id = 4712 WHERE id = 1")
    found = [one for one in doctor.examine(database, settings).troubles if "air" in one.what]
    assert [(one.what, one.count, one.examples) for one in found] == [
        ("rows of application that hang in the air", 1, ("4712",)),
        ("rows of assessment that hang in the air", 3, (r"\x00",) * 3),
        ("rows of event that hang in the air", 1, ("4711",)),
    ]


@pytest.mark.usefixtures("spread")
def test_late_work_says_since_when_and_whose_fault_it_looks_like(
    database: Database, owner: Database, settings: Settings
) -> None:
    execute(owner, "UPDATE clock SET offset_seconds = 1000")
    execute(
        database,
        "UPDATE work_item SET leased_until = app_now() + interval '30 seconds'"
        " WHERE stage = 'assess' AND leased_until IS NOT NULL",
    )
    late = [one for one in doctor.examine(database, settings).troubles if "late" in one.what]
    assert [(one.what, one.count) for one in late] == [
        ("late work of stage assess", 2),
        ("late work of stage assess", 3),
    ]
    assert "published again and again" in late[0].why
    assert "relay" in late[1].why
    assert late[1].since == scalar(
        database, "SELECT min(not_before) FROM work_item WHERE leased_until IS NULL"
    )


def test_late_work_of_any_stage_names_the_worker_of_its_queue(
    database: Database, owner: Database, settings: Settings
) -> None:
    with database.transaction() as conn:
        for stage in Stage:
            ledger.add(conn, stage, [(1, None)])
    execute(owner, "UPDATE clock SET offset_seconds = 1000")
    execute(database, "UPDATE work_item SET leased_until = app_now() + interval '30 seconds'")
    mends = {
        one.what.rpartition(" ")[2]: one.mend.split()[:3]
        for one in doctor.examine(database, settings).troubles
        if one.what.startswith("late")
    }
    assert mends == {
        stage.value: ["wenqi", "restart", f"worker-{row.queue}"]
        for stage, row in STAGES.items()
        if stage is not Stage.CANARY
    }


@pytest.mark.usefixtures("spread")
def test_a_way_that_is_closed_is_named(database: Database, settings: Settings) -> None:
    execute(
        database,
        "UPDATE canary SET seen_at = clock_timestamp() - interval '10 minutes'"
        " WHERE queue = 'notify'",
    )
    ways = [one for one in doctor.examine(database, settings).troubles if "way" in one.what]
    assert [one.what for one in ways] == ["the way through queue notify"]
    assert ways[0].mend.startswith("wenqi restart worker-notify ")
    away = replace(settings, redis_url=f"redis://127.0.0.1:{free_port()}/0")
    whats = [trouble.what for trouble in doctor.examine(database, away).troubles]
    assert "the broker does not answer" in whats
    execute(database, "UPDATE canary SET seen_at = clock_timestamp() - interval '10 minutes'")
    (all_closed,) = [
        one for one in doctor.examine(database, settings).troubles if "way" in one.what
    ]
    assert (all_closed.what, all_closed.count) == ("the way through every queue", len(Queue))


def test_without_any_relay_ever_the_ways_are_closed(database: Database, settings: Settings) -> None:
    (trouble,) = doctor.examine(database, settings).troubles
    assert trouble.what == "the way through every queue"


def test_the_command_shows_it_and_its_status_is_for_monitoring(
    wenqi: Wenqi, database: Database, settings: Settings
) -> None:
    arrive(database, settings)
    healthy = wenqi("doctor")
    assert (healthy.exit_code, healthy.output.splitlines()[-1]) == (0, "nothing is stuck")
    receipts = [accepted.receipt for accepted in file_tenants(database, settings, 2)]
    execute(database, "DELETE FROM work_item WHERE stage = 'assess'")
    sick = wenqi("doctor")
    assert sick.exit_code == 1
    assert "IN NOBODY'S HANDS" in sick.output
    assert f"such as {', '.join(receipts)}" in sick.output
    assert "to do: wenqi doctor --mend" in sick.output
    told = json.loads(wenqi("doctor", "--json").output)
    assert (told["healthy"], told["accepted"], told["places"]["nobody"]) == (False, 2, 2)
    mended = wenqi("doctor", "--mend")
    assert (mended.exit_code, mended.output.splitlines()[0]) == (0, "2 work items added")
    assert column(database, "SELECT subject_id FROM work_item WHERE stage = 'assess'") == [1, 2]
    away = f"postgresql://wenqi:x@127.0.0.1:{free_port()}/wenqi"
    assert wenqi("doctor", DATABASE_URL=away).exit_code == 2


def test_dead_letters_are_listed_shown_and_tried_again(
    wenqi: Wenqi, database: Database, settings: Settings
) -> None:
    assert wenqi("dead-letter", "list").output == "no dead letters\n"
    receipt = file_tenants(database, settings, 1)[0].receipt
    assess.run(database, settings, claim_ids(database, settings, Stage.ASSESS))
    execute(
        database,
        "UPDATE delivery SET channel = 'email', address = 'x@example.org', state = 'failed'",
    )
    with database.transaction() as conn:
        ledger.add(conn, Stage.NOTIFY, [(1, None)])
        (item,) = conn.exec_driver_sql("SELECT id FROM work_item WHERE stage = 'notify'").scalars()
        ledger.bury(conn, item, "permanent: e-mail: 550 no such user")
    listed = wenqi("dead-letter", "list").output
    assert listed.startswith(f"{item}  notify  {receipt}  attempts 0  since ")
    assert listed.endswith("550 no such user\n")
    assert wenqi("dead-letter", "list", "--stage", "assess").output == "no dead letters\n"
    shown = wenqi("dead-letter", "show", str(item)).output
    assert f"once more   wenqi dead-letter retry {item}" in shown
    assert wenqi("dead-letter", "show", str(item + 1)).exit_code == 1
    assert wenqi("dead-letter", "retry").exit_code == 2
    retried = wenqi("dead-letter", "retry", "--stage", "notify")
    assert (retried.exit_code, retried.output) == (0, "1 of 1 are tried again\n")
    assert dispatch.dead_letters(database) == []
    assert claim_ids(database, settings, Stage.NOTIFY) == [item]
    assert scalar(database, "SELECT state FROM delivery WHERE id = 1") == "pending"
    assert wenqi("dead-letter", "retry", str(item)).exit_code == 1


def test_the_end_of_the_calendar_is_spoken_of_sixty_days_before(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = business_time.now(database).date()
    for days, words in ((61, None), (60, None), (59, "59 days"), (0, "0 days"), (-3, "ended on")):
        last = today + timedelta(days=days)
        monkeypatch.setattr(workdays, "published_until", lambda last=last: last)
        warnings = doctor.examine(database, settings).warnings
        assert len(warnings) == (words is not None)
        assert all(words is not None and words in each for each in warnings)
