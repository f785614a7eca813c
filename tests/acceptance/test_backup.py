"""Backup and restore with PostgreSQL's own tools: a new server, an empty broker, nothing lost."""

from __future__ import annotations

import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from casework.decision import assess
from casework.operations import doctor
from casework.views import status
from casework.work.dispatch import Stage
from config.settings import Settings
from deploy.local.embedded import PostgresServer, _postgres_binary, wait_until
from store.db import Database
from tests.support.app import App
from tests.support.ledgers import (
    assert_effects_exactly_once,
    claim_ids,
    file_tenants,
    waiting,
)
from tests.support.waiting import PATIENCE_SECONDS, wait_for

ENCRYPT = ("cms", "-encrypt", "-binary", "-stream", "-aes-256-gcm", "-outform", "DER")
DECRYPT = ("cms", "-decrypt", "-binary", "-inform", "DER")


@pytest.fixture
def new_server() -> Iterator[PostgresServer]:
    """A server that has nothing but our roles and an empty database."""
    folder = Path(tempfile.mkdtemp(prefix="wenqi-restore-"))
    folder.chmod(0o755)
    server = PostgresServer(
        data=folder / "data", sockets=folder / "pg", password=secrets.token_hex(16)
    )
    server.prepare()
    process = subprocess.Popen(
        server.program().command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    assert wait_until(server.answers, PATIENCE_SECONDS, lambda: process.poll() is None)
    yield server
    process.send_signal(server.program().stop_signal)
    process.wait()
    shutil.rmtree(folder)


def test_a_restored_database_goes_on_where_the_backup_stood(
    database: Database,
    settings: Settings,
    environment: dict[str, str],
    new_server: PostgresServer,
    launch_app: Callable[..., App],
    tmp_path: Path,
) -> None:
    accepted = file_tenants(database, settings, 12)
    assess.run(database, settings, claim_ids(database, settings, Stage.ASSESS, limit=5))
    # Published and not done: the messages were in a broker that is gone.
    brief = replace(settings, lease_seconds=1)
    assert len(claim_ids(database, brief, Stage.ASSESS, limit=4)) == 4

    dump = tmp_path / "wenqi.dump"
    key, certificate = tmp_path / "backup-key.pem", tmp_path / "backup.pem"
    openssl(
        *("req", "-x509", "-newkey", "rsa:3072", "-nodes", "-subj", "/CN=wenqi-backup"),
        *("-days", "3650", "-keyout", str(key), "-out", str(certificate)),
    )
    source, target = environment["DATABASE_OWNER_URL"], new_server.url
    owners = new_server.owner_url
    run("pg_dump", "--format=custom", f"--file={dump}", source)
    # What leaves the machine is encrypted to a key that does not lie on it, and says when it was
    # altered.
    away = tmp_path / "wenqi.dump.cms"
    openssl(*ENCRYPT, "-in", str(dump), "-out", str(away), str(certificate))
    assert (dump.read_bytes()[:5], b"PGDMP" in away.read_bytes()) == (b"PGDMP", False)
    altered = bytearray(away.read_bytes())
    altered[len(altered) // 2] ^= 1
    (tmp_path / "altered.cms").write_bytes(altered)
    back = (*DECRYPT, "-inkey", str(key), "-out", str(dump))
    with pytest.raises(AssertionError, match="rror"):
        openssl(*back, "-in", str(tmp_path / "altered.cms"))
    dump.unlink(missing_ok=True)
    openssl(*back, "-in", str(away))
    run("pg_restore", "--no-owner", "--exit-on-error", f"--dbname={owners}", str(dump))

    restored = Database(target)
    try:
        found = doctor.examine(restored, settings)
        assert (found.accepted, sum(found.places.values())) == (12, 12)
        assert found.places["nobody"] == 0
        # The broker is empty: fixtures give every test an empty one.
        app = launch_app(env={"DATABASE_URL": target, "LEASE_SECONDS": "2"})
        wait_for(lambda: waiting(restored, Stage.ASSESS) == 0, "what was pending is decided")
        assert_effects_exactly_once(restored, 12)
        for one in accepted:
            read = status.read(restored, settings, one.receipt, one.access_code)
            assert read.receipt == one.receipt
        (again,) = file_tenants(restored, settings, 1)
        assert again.receipt not in {one.receipt for one in accepted}, "numbers go on"
        wait_for(lambda: doctor.examine(restored, settings).is_healthy, "nothing is stuck")
        app.stop()
    finally:
        restored.close()


def openssl(*arguments: str) -> None:
    """What docs/runbook.md says, done by the machine's openssl."""
    done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_runbook_says_what_is_done_here() -> None:
    told = (Path(__file__).parents[2] / "docs" / "runbook.md").read_text(encoding="utf-8")
    assert f"openssl {' '.join(ENCRYPT)}" in told
    assert f"openssl {' '.join(DECRYPT)}" in told


def run(tool: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs from the same wheel as the server."""
    done = subprocess.run(
        [_postgres_binary(tool), *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
