"""`wenqi keys rotate` and the worker that encrypts are killed in the middle of it while the API
writes: called again it goes on, and no row is lost, doubled or left under the old key."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from casework.operations import key_rotation
from casework.personal import parts
from config import keys
from config.settings import Settings
from store.db import Database
from tests.support import filing
from tests.support.app import App
from tests.support.applications import tenant_body
from tests.support.keys import TEST_DATA_KEYS, TEST_RING
from tests.support.ledgers import column, file_tenants, scalar, waiting
from tests.support.waiting import PATIENCE_SECONDS, wait_for
from vocabulary.work import Stage

NEW = keys.new_entry("new")
BOTH = f"{NEW},{TEST_DATA_KEYS}"
FILED, POSTED = 20, 3
# Once, whoever has encrypted the seventh row of a block stops there, in its transaction, to be
# killed; a mark says so.
VICTIM = """
    import os, threading
    from pathlib import Path
    from casework.operations import key_rotation

    renew, mark, rows = key_rotation._renew_application, Path(os.environ["MARK"]), []

    def halting(conn, row):
        renew(conn, row)
        rows.append(row)
        if len(rows) == 7 and not mark.exists():
            mark.touch()
            threading.Event().wait()

    key_rotation._renew_application = halting
"""


@pytest.fixture(autouse=True)
def _ring() -> Iterator[None]:
    yield
    keys.hold(TEST_RING)


def people(database: Database) -> dict[str, object]:
    """What every application says of people, by its receipt."""
    with database.statement() as conn:
        rows = conn.exec_driver_sql("SELECT receipt, enterprise, facts, personal FROM application")
        return {
            row.receipt: parts.put_back(row.receipt, row.enterprise, row.facts, row.personal)
            for row in rows
        }


def under(database: Database, key: str) -> int:
    """How many applications lie under a key."""
    standing = key_rotation.standing(database)
    return sum(each.rows for each in standing if each[:2] == ("application.personal", key))


def rotate(app: App) -> subprocess.Popen[str]:
    """`wenqi keys rotate` as an operator calls it."""
    return subprocess.Popen(
        [sys.executable, "-m", "cli.main", "keys", "rotate", "--var", str(app.folder)],
        env=app.full_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def post(app: App) -> str:
    """An application, accepted."""
    answer = requests.post(
        f"{app.base_url}/api/v1/applications",
        json=tenant_body() | filing.STATED,
        headers={"Idempotency-Key": f"rotation-{os.urandom(8).hex()}", **app.known},
        timeout=PATIENCE_SECONDS,
    )
    assert answer.status_code == requests.codes.accepted, answer.text
    return str(answer.json()["receipt"])


def test_a_rotation_goes_on_after_whoever_did_it_was_killed(
    database: Database, settings: Settings, launch_app: Callable[..., App], tmp_path: Path
) -> None:
    folder, mark = tmp_path / "victim", tmp_path / "mark"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(textwrap.dedent(VICTIM), encoding="utf-8")
    file_tenants(database, settings, FILED)
    before = people(database)
    path = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
    app = launch_app(
        *("api", "relay", "worker-remind"),
        env={"PYTHONPATH": path, "MARK": str(mark), "LEASE_SECONDS": "1", "DATA_KEYS": BOTH},
    )
    keys.hold(keys.parse("DATA_KEYS", BOTH))
    command = rotate(app)
    wait_for(mark.exists, "one is in the middle of a block")
    assert command.poll() is None, "it waits for the worker"
    # The rows that are being encrypted are locked; who files now does not wait for them.
    posted = {post(app) for _ in range(POSTED)}
    app.kill("worker-remind")
    command.kill()
    command.communicate()
    assert under(database, "test") >= FILED, "of a killed block nothing is done"
    app.start("worker-remind")
    command = rotate(app)
    said, _ = command.communicate(timeout=PATIENCE_SECONDS)
    assert command.returncode == 0, said
    # The worker may have finished what was left before the command looked.
    ends = ("0 rows are not under the newest key", "0 blocks of rows are on their way")
    assert any(end in said for end in ends), said
    assert {each.key for each in key_rotation.standing(database)} == {"new"}
    assert waiting(database, Stage.ROTATE) == 0
    # Without the old key all is read, and reads as before.
    keys.hold(keys.parse("DATA_KEYS", NEW))
    after = people(database)
    assert {receipt: after[receipt] for receipt in before} == before
    assert after.keys() == before.keys() | posted
    assert scalar(database, "SELECT count(*) FROM application") == len(after)
    assert len(after) == FILED + POSTED
    received = "SELECT application_id FROM event WHERE type = 'application.received'"
    assert len(set(column(database, received))) == len(column(database, received)) == len(after)
