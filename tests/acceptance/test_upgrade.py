"""The previous release and this one work on one database, each on what the other has done."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from click.testing import CliRunner

from api.app import create_app
from casework.database import open_database
from casework.operations import doctor, readiness
from casework.personal import credentials
from cli.main import main
from config.settings import Settings
from store import migrate
from store.db import Database
from tests.support import previous_release
from tests.support.release_walk import walk

RENT = "60000.00"


def owners(*walked: dict[str, Any]) -> list[tuple[str, str]]:
    found = [one for each in walked for one in each["filed"]]
    assert [one["status"] for one in found] == [202] * len(found)
    return [(one["receipt"], one["access_code"]) for one in found]


def test_the_previous_release_goes_on_working_on_the_new_schema(
    database: Database,
    settings: Settings,
    environment: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    before = previous_release.unpack(tmp_path)
    by_new = walk({"file": [1, 2]})
    first, second = owners(by_new)
    by_old = previous_release.run(
        before, environment, {"file": [3, 4], "determine": [first[0]], "read": [first, second]}
    )
    third, fourth = owners(by_old)
    granted, waits = ["determined"] * 2 + [RENT], ["awaiting_determination"] * 2 + [RENT]
    assert by_old["read"] == [granted, waits]
    last = walk({"determine": [second[0], third[0]], "read": [first, second, third, fourth]})
    assert last["read"] == [granted, granted, granted, waits]
    for walked in (by_new, by_old, last):
        assert (walked["failed"], walked["troubled"]) == ([], 0)
    lost = [each for each in doctor.examine(database, settings).troubles if "way" not in each.what]
    assert lost == []


def test_on_the_schema_of_the_release_before_this_one_waits_and_says_so(
    settings: Settings, fresh_database_url: Callable[..., str], environment: dict[str, str]
) -> None:
    url = fresh_database_url()
    command.upgrade(migrate.configuration(url), previous_release.HEAD)
    given = {**environment, "DATABASE_URL": url, "DATABASE_OWNER_URL": url}

    def wenqi(*options: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["migrate", *options], env=given)
        return done.exit_code, done.output

    db = open_database(replace(settings, database_url=url), process="test", pool_size=2)
    try:
        found = readiness.check(db, settings).parts.schema
        assert (found.ok, previous_release.HEAD in found.text) == (False, True)
        client = create_app(replace(settings, database_url=url)).test_client()
        for path in ("/api/v1/documents/nosuch", "/api/v1/publicity", "/api/v1/session"):
            answer = client.get(path, headers={"Authorization": "Bearer nosuch"})
            assert answer.status_code != 500, path
        assert client.get("/readyz").status_code == 503
        token = "known"
        with db.transaction() as conn:
            conn.exec_driver_sql(
                "INSERT INTO api_token (token_hash, bureau, role, label, created_at, expires_at)"
                " VALUES (%(hash)b, 'sasac', 'officer', '测试甲', now(), now() + interval '1 day')",
                {"hash": credentials.token_hash(settings.require_secret_key(), token)},
            )
        refused = client.get("/api/v1/cases", headers={"Authorization": f"Bearer {token}"})
        assert (refused.status_code, "Retry-After" in refused.headers) == (503, True)
    finally:
        db.close()
    code, said = wenqi("--status")
    assert (code, f"database  {previous_release.HEAD}" in said) == (1, True)
    code, said = wenqi("--plan")
    assert code == 1
    assert re.search(r"^0035  expands    The lists of a bureau's desk", said, re.MULTILINE)
    assert re.search(
        r"^ +application: nobody reads or writes it meanwhile  \(0 rows, ", said, re.MULTILINE
    )
    assert "Code of the release before goes on working on all of these." in said
    assert migrate.current(url) == previous_release.HEAD, "nothing was run"
    assert wenqi() == (0, "The database is up to date.\n")
    assert wenqi("--plan") == (0, "Nothing is to be run.\n")
    assert wenqi("--status")[0] == 0


def test_a_schema_of_a_later_release_is_served_and_left_alone(
    settings: Settings, fresh_database_url: Callable[..., str], environment: dict[str, str]
) -> None:
    """While an upgrade is under way processes of the release before answer as ever."""
    url = fresh_database_url(migrated=True)
    later = open_database(replace(settings, database_url=url), process="test", pool_size=2)
    try:
        with later.transaction() as conn:
            conn.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        assert readiness.check(later, settings).parts.schema.ok
    finally:
        later.close()
    given = {**environment, "DATABASE_URL": url, "DATABASE_OWNER_URL": url}
    status = CliRunner().invoke(main, ["migrate", "--status"], env=given)
    assert (status.exit_code, "A later release" in status.output) == (2, True)
    refused = CliRunner().invoke(main, ["migrate"], env=given)
    assert (refused.exit_code, "which this release" in refused.output) == (1, False)
    assert "it is at 9999" in refused.output
    assert migrate.current(url) == "9999"
