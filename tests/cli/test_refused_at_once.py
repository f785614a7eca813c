"""A wrong setting is one sentence, told before anything is loaded that a command works with.

Loading it all takes a second of a core, on a busy machine several. What is counted is what was
imported, not how long it took.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.processes import application_programs
from store.db import Database

SAID = "LEASE_SECONDS must be a whole number from 1 to 3600, not '0'"
WRONG = {
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "LEASE_SECONDS": "0",
}
MOST_MODULES = 500
"""A command that does its work loads three times as many."""

HEAVY = {
    *("sqlalchemy", "alembic", "psycopg", "redis", "celery", "kombu"),
    *("flask", "marshmallow", "phonenumbers", "cryptography", "rules", "schemas"),
}

PROCESSES = {
    tuple(program.command[2:])
    for program in application_programs(host="127.0.0.1", port=8000, schedule=Path("beat"))
    if program.name in ("api", "relay", "worker-notify", "beat")
}
"""After "python -m": other workers differ in what they listen to alone."""

RARE = {
    *("alembic", "authlib", "email_validator", "icalendar", "joserfc", "phonenumbers", "PIL"),
    *("segno", "sentry_sdk", "wtforms", "xlsxwriter", "zxcvbn"),
}

_RUN = """
import atexit, json, runpy, sys
atexit.register(lambda: print(json.dumps(sorted(sys.modules))))
sys.argv = sys.argv[1:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""


@pytest.mark.parametrize(
    "command",
    [
        ("cli.main", "up"),
        ("cli.main", "doctor"),
        ("cli.main", "migrate", "--plan"),
        ("cli.main", "keys", "status"),
        ("cli.main", "report", "--bureau", "sasac"),
        ("cli.main", "token", "list"),
        ("cli.main", "webhook", "list"),
        ("cli.main", "account", "list"),
        ("cli.main", "audit", "verify"),
        ("cli.main", "demo"),
        ("cli.main", "bureaus"),
        *sorted(PROCESSES),
    ],
    ids=" ".join,
)
def test_nothing_is_loaded_before_the_settings_are_read(command: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _RUN, *command],
        env={**os.environ, **WRONG},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (1, 2)
    assert done.stderr.strip().removeprefix("Error: ") == SAID
    loaded = json.loads(done.stdout)
    assert HEAVY & {name.partition(".")[0] for name in loaded} == set()
    assert len(loaded) < MOST_MODULES


@pytest.mark.parametrize("command", [("doctor",), ("migrate", "--status"), ("report", "intake")])
def test_what_is_loaded_afterwards_logs_nothing(
    database: Database,  # noqa: ARG001 -- its tables must be there
    environment: dict[str, str],
    tmp_path: Path,
    command: tuple[str, ...],
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *command, "--var", str(tmp_path)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stderr, bool(done.stdout)) == ("", True)


def test_what_few_requests_need_is_not_loaded_when_a_process_starts() -> None:
    started = "import json, sys, web.app, workers.tasks; print(json.dumps(list(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", started], capture_output=True, text=True, check=True
    )
    assert RARE.isdisjoint(json.loads(done.stdout))
