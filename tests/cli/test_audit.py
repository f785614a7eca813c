"""`wenqi audit`: what an auditor does with the trail, by the login that can only read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from casework.delivery import heads
from casework.operations import doctor, sealing
from cli.main import main
from config.auditing import Auditing
from config.settings import Settings
from store.db import Database
from tests.support.office import Office

Wenqi = Callable[..., Result]


@pytest.fixture
def wenqi(tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Wenqi:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    def invoke(*arguments: str | Path, **env: str) -> Result:
        command = ["audit", str(arguments[0]), "--var", str(tmp_path / "var")]
        return CliRunner().invoke(main, [*command, *map(str, arguments[1:])], env=env)

    return invoke


def test_the_trail_is_verified_and_its_head_kept(
    office: Office, intruder: Database, wenqi: Wenqi
) -> None:
    office.submit()
    assert "Nothing is sealed yet" in wenqi("head").output
    sealing.run(office.db, office.settings)
    head = wenqi("head").output.strip()
    found = wenqi("verify", "--head", head)
    assert found.exit_code == 0, found.output
    assert "1 heads compared" in found.output
    assert "nothing was altered" in found.output
    with intruder.transaction() as conn:
        conn.exec_driver_sql("UPDATE event SET actor = 'sasac:无辜者' WHERE id = 2")
    found = wenqi("verify")
    assert found.exit_code == 1
    assert "WRONG  event 2: altered" in found.output


def test_heads_of_a_file_are_compared(
    office: Office, intruder: Database, tmp_path: Path, wenqi: Wenqi
) -> None:
    kept = tmp_path / "heads.ndjson"
    settings = replace(office.settings, auditing=Auditing(heads_file=kept))
    assert heads.run(office.db, settings) is None
    office.submit()
    sealing.run(office.db, settings)
    heads.run(office.db, settings)
    assert kept.stat().st_mode & 0o777 == 0o600
    with kept.open("a") as file:
        file.write('{"serial": 7')  # a crash in the middle of a line
    assert wenqi("verify", AUDIT_HEADS_FILE=str(kept)).exit_code == 0
    with intruder.transaction() as conn:
        conn.exec_driver_sql("DELETE FROM event_seal")
        conn.exec_driver_sql("DELETE FROM event")
    assert wenqi("verify").exit_code == 0, "an emptied trail is whole, who has no head"
    found = wenqi("verify", AUDIT_HEADS_FILE=str(kept))
    assert (found.exit_code, "seal 1: a head that was handed out" in found.output) == (1, True)


def test_the_doctor_says_when_nobody_seals(
    office: Office, intruder: Database, settings: Settings
) -> None:
    office.submit()
    with intruder.transaction() as conn:
        conn.exec_driver_sql("UPDATE event SET recorded_at = now() - interval '6 minutes'")
    (found,) = [
        one for one in doctor.examine(office.db, settings).troubles if "without a seal" in one.what
    ]
    assert found.count >= 2
    sealing.run(office.db, settings)
    assert not [
        one for one in doctor.examine(office.db, settings).troubles if "without a seal" in one.what
    ]


def test_the_trail_is_listed_and_says_who_worked_at_the_command_line(
    office: Office, tmp_path: Path, wenqi: Wenqi
) -> None:
    receipt = office.submit().receipt
    made = CliRunner().invoke(
        main,
        ["--by", "值班甲", "token", "create", "--var", str(tmp_path), "sasac", "测试庚"],
    )
    assert made.exit_code == 0, made.output
    (line,) = wenqi("list", "--type", "token.created").output.splitlines()[:1]
    assert "operator:值班甲" in line
    found = wenqi("list", "--case", receipt)
    assert "application.received" in found.output
    assert receipt in found.output
    first = wenqi("list", "--limit", "1")
    assert "next page: --before" in first.output
    assert wenqi("list", "--person", "operator:值班甲").output.count("token.created") >= 1
    assert wenqi("list", "--from", "2099-01-01").output == ""
    refused = wenqi("list", "--case", f"{receipt[:-1]}*")
    assert (refused.exit_code, "is no receipt" in refused.output) == (2, True), refused.output
