"""That the textbook does Wenqi's work, and that a grown database is a sound one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

import psutil
import psycopg
import pytest

from bench import REPOSITORY, backlog, rows, stored
from bench.applications import TOKEN_VARIABLE
from bench.contenders import answers
from bench.meter import cpu_seconds, memory_mib
from bench.scenarios.sameness import submit
from casework.notices import editions
from config.settings import Settings
from store.db import Database
from tests.support import filing
from tests.support.servers import free_port
from tests.support.waiting import wait_for

APPLICATIONS = 3


@pytest.fixture
def textbook(
    fresh_database_url: Callable[..., str], environment: Mapping[str, str], tmp_path: Path
) -> Iterator[tuple[int, str]]:
    """The textbook's processes on a database of their own: its port and its database's URL."""
    url, port = fresh_database_url(migrated=True), free_port()
    settings = Settings.from_env({**environment, "DATABASE_URL": url})
    database = Database(settings.database_url)
    with database.statement() as conn:
        editions.remember(conn, editions.edition(settings.notice_id))
    database.close()
    commands = (
        ["flask", "--app", "bench.textbook.api", "run", "--port", str(port)],
        ["celery", "-A", "bench.textbook.tasks:celery", "worker", "--pool", "solo"],
    )
    with (tmp_path / "textbook.log").open("wb") as log:
        processes = [
            subprocess.Popen(
                [sys.executable, "-m", *command],
                env={**os.environ, **environment, "DATABASE_URL": url},
                cwd=REPOSITORY,
                stdout=log,
                stderr=log,
            )
            for command in commands
        ]
    yield port, url
    for process in processes:
        process.kill()
        process.wait()


def test_the_textbook_leaves_the_rows_that_wenqi_leaves(
    textbook: tuple[int, str],
    launch_app: Callable[..., object],
    database_url: str,
    database: Database,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    token = filing.credentials(database, settings)["Authorization"].removeprefix("Bearer ")
    monkeypatch.setenv(TOKEN_VARIABLE, token)
    port, url = textbook
    theirs_too = Database(url)  # a token leaves a row in either
    filing.credentials(theirs_too, settings)
    theirs_too.close()
    app = launch_app("api", "relay", "worker-assess")
    traces = []
    for served, stored_in in ((app.port, database_url), (port, url)):  # type: ignore[attr-defined]
        wait_for(partial(answers, served), "the API answers")
        for serial in range(APPLICATIONS):
            submit(served, serial)
        with psycopg.connect(stored_in, autocommit=True) as conn:
            wait_for(partial(rows.nothing_waits, conn), "everything is decided")
            traces.append((rows.trace(conn), rows.counts(conn)))
    ours, theirs = traces
    assert len(ours[0]) == APPLICATIONS
    assert theirs == ours


def test_a_grown_database_is_whole(
    database: Database,  # noqa: ARG001 - its tables must be empty
    database_url: str,
    environment: Mapping[str, str],
) -> None:
    with psycopg.connect(database_url, autocommit=True) as conn:
        before = _structure(conn)
        for total in (20, 50):
            stored.grow(database_url, environment, total)
        assert _structure(conn) == before
        counts: dict[str, int] = dict(
            conn.execute(
                "SELECT 'application', count(*) FROM application"
                " UNION ALL SELECT 'decided', count(*) FROM application WHERE state <> 'received'"
                " UNION ALL SELECT 'assessment', count(DISTINCT application_id) FROM assessment"
                " UNION ALL SELECT 'delivery', count(DISTINCT application_id) FROM delivery"
                " UNION ALL SELECT 'event', count(DISTINCT application_id) FROM event"
                " UNION ALL SELECT 'visit', count(DISTINCT application_id) FROM visit"
                " UNION ALL SELECT 'pending', count(DISTINCT v.id) FROM work_item AS w"
                "  JOIN visit AS v ON v.id = w.subject_id WHERE w.stage = 'remind'"
            ).fetchall()
        )
        assert set(counts.values()) == {50}
        assert rows.undecided(conn) == 0
        # The next application gets a number of its own.
        backlog.fill(database_url, environment, 1, 77)
        assert rows.newest_application(conn) == 51


def _structure(conn: psycopg.Connection) -> list[tuple[str, ...]]:
    return conn.execute(
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"
        " UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)"
        " FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1"
    ).fetchall()


def test_a_meter_sees_children_that_have_ended() -> None:
    work = "sum(range(10**7))"
    script = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {work!r}]); input()"
    parent = psutil.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE)
    try:
        wait_for(lambda: parent.cpu_times().children_user > 0, "the child has ended")
        assert cpu_seconds([parent]) >= parent.cpu_times().children_user
        assert memory_mib([parent]) > 1
    finally:
        parent.kill()
        parent.wait()
