"""`wenqi keys …` and `wenqi purge`: what an operator is told, and what is refused."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from casework.acts import withdraw
from casework.operations import key_rotation, purge
from cli.main import main
from config import keys
from tests.support.keys import TEST_DATA_KEYS, TEST_RING, TEST_SECRET_KEY
from tests.support.ledgers import claim_ids, column
from tests.support.office import Office
from vocabulary.personal_data import DataKind
from vocabulary.work import Stage

Wenqi = Callable[..., Result]
NEW = keys.new_entry("new")
BOTH = f"{NEW},{TEST_DATA_KEYS}"


@pytest.fixture(autouse=True)
def _ring() -> Iterator[None]:
    yield
    keys.hold(TEST_RING)


@pytest.fixture
def wenqi(tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Wenqi:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    def invoke(*arguments: str, **env: str) -> Result:
        return CliRunner().invoke(main, [*arguments, "--var", str(tmp_path / "var")], env=env)

    return invoke


def rotated(office: Office) -> None:
    """What the workers do."""
    while due := claim_ids(office.db, office.settings, Stage.ROTATE):
        assert not key_rotation.run(office.db, office.settings, due).failures


def test_a_key_is_made_brought_in_and_the_old_one_let_go(office: Office, wenqi: Wenqi) -> None:
    made = CliRunner().invoke(main, ["keys", "new", "2027a"]).output.strip()
    assert [each.id for each in keys.parse("DATA_KEYS", made).keys] == ["2027a"]
    assert CliRunner().invoke(main, ["keys", "new", "a:b"]).exit_code == 1
    office.submit()
    clean = wenqi("keys", "status")
    assert clean.exit_code == 0, clean.output
    assert "\n0 rows are not under the newest key, 0 blocks wait" in clean.output
    before = wenqi("keys", "status", DATA_KEYS=BOTH).output
    assert "application.personal" in before
    assert "<- wenqi keys rotate" in before
    assert "\n0 rows" not in before
    kept = wenqi("keys", "forget", "DATA_KEYS", "test", DATA_KEYS=BOTH)
    assert (kept.exit_code, "wenqi keys rotate` first" in kept.output) == (1, True)
    filed = wenqi("keys", "rotate", "--no-wait", DATA_KEYS=BOTH)
    assert "blocks of rows are on their way" in filed.output
    keys.hold(keys.parse("DATA_KEYS", BOTH))
    rotated(office)
    after = wenqi("keys", "status", DATA_KEYS=BOTH).output
    assert "\n0 rows are not under the newest key, 0 blocks wait" in after
    assert "MISSING" not in after
    # Nothing hangs on it any more, and still nobody starts without it before it is let go.
    lost = wenqi("keys", "rotate", "--no-wait", DATA_KEYS=NEW)
    assert (lost.exit_code, "DATA_KEYS has no key 'test'" in lost.output) == (1, True)
    assert wenqi("keys", "forget", "DATA_KEYS", "test", DATA_KEYS=BOTH).exit_code == 0
    assert wenqi("keys", "rotate", "--no-wait", DATA_KEYS=NEW).exit_code == 0


def test_a_key_that_is_gone_for_good_is_let_go_by_name(office: Office, wenqi: Wenqi) -> None:
    office.submit()
    assert wenqi("keys", "rotate", "--no-wait", DATA_KEYS=BOTH).exit_code == 0
    lost = wenqi("keys", "forget", "DATA_KEYS", "test", "--lost", DATA_KEYS=BOTH)
    assert lost.exit_code == 0, lost.output
    assert wenqi("keys", "forget", "DATA_KEYS", "never", DATA_KEYS=BOTH).exit_code == 1


def test_what_hangs_on_the_old_secret_is_counted(office: Office, wenqi: Wenqi) -> None:
    office.submit()
    old = base64.b64encode(TEST_SECRET_KEY.encode()).decode()
    ring = f"{keys.new_entry('new')},0:{old}"
    said = wenqi("keys", "status", SECRET_KEY=ring).output
    (line,) = [each for each in said.splitlines() if "application.access_hash" in each]
    assert line.split()[:3] == ["1", "application.access_hash", "0"]


def test_nothing_is_cleared_before_an_operator_has_said_so(office: Office, wenqi: Wenqi) -> None:
    settled, _ = office.submit(), office.submit()
    withdraw.withdraw(office.db, office.settings, settled.receipt, settled.access_code, reason=None)
    office.go_to(office.in_days(office.settings.practice.kept(DataKind.CLOSED) + 2))
    with office.db.transaction() as conn:
        conn.exec_driver_sql("DELETE FROM work_item")
        conn.exec_driver_sql("UPDATE delivery SET state = 'sent'")
    shown = wenqi("purge")
    assert shown.exit_code == 0, shown.output
    assert "Nothing was changed; --yes clears what is due." in shown.output
    assert purge.waiting(office.db) == 0
    filed = wenqi("purge", "--yes", "--no-wait")
    assert "Filed: 1; waiting: 1." in filed.output
    purge.run(office.db, office.settings, claim_ids(office.db, office.settings, Stage.PURGE))
    assert column(office.db, "SELECT receipt FROM application WHERE purged_at IS NOT NULL") == [
        settled.receipt
    ]
