"""`make fuzz`: hostile requests at volume. No answer is a 5xx, and nothing refused is stored."""

from __future__ import annotations

import itertools
import json
import secrets
import sys
from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import Any

import click
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given
from hypothesis import seed as seeded
from hypothesis import settings as hypothesis_settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from api.app import create_app
from casework.people import tokens
from config import keys
from config.settings import Settings
from config.telemetry.logs import configure_logging
from deploy.local.embedded import APPLICATION
from faults.hostile import BATCH, NDJSON, Shot, shots
from store.db import Database
from tests.support import filing
from tests.support.servers import create_database, start_servers, with_role

SERVER_ERROR = 500
ACCEPTED = 202
ACTIVE = ("application", "event", "work_item", "delivery", "idempotency", "request", "export")
"""Tables that a request may write to."""


@dataclass
class Tally:
    """What was answered. `receipts` of what was accepted after all, being well-formed."""

    statuses: Counter[int] = field(default_factory=Counter)
    receipts: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Requests answered."""
        return self.statuses.total()


@schemathesis.serializer(NDJSON)
def serialise_lines(_: Any, value: Any) -> bytes:
    """NDJSON for schemathesis: a line for each, or whatever it made up in one."""
    lines = value if isinstance(value, list) else [value]
    return b"".join(json.dumps(line, default=str).encode() + b"\n" for line in lines)


class Target:
    """The API in this process over a real database, asked as a WSGI server would ask it."""

    def __init__(self, settings: Settings) -> None:
        self.db = Database(settings.database_url, pool_size=1)
        self.app: Flask = create_app(settings)
        self.token = tokens.create(self.db, settings, bureau="sasac", label="fuzz")
        self.known = filing.credentials(self.db, settings)
        self._client = self.app.test_client()

    def whole(self, environ: Any, start_response: Any) -> list[bytes]:
        """The WSGI application, its answers read to the end and closed as a server does."""
        answer = self.app(environ, start_response)
        with ExitStack() as after:
            if hasattr(answer, "close"):
                after.callback(answer.close)
            return list(answer)

    def close(self) -> None:
        """Close the connections."""
        self.db.close()

    def counts(self) -> dict[str, int]:
        """Rows per table that a request may write to."""
        with self.db.statement() as conn:
            return {
                table: conn.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()  # noqa: S608 -- ours
                for table in ACTIVE
            }

    def fire(self, shot: Shot, tally: Tally) -> None:
        """Send one request and note the answer."""
        headers = dict(shot.headers)
        if shot.content_type is not None:
            headers["Content-Type"] = shot.content_type
        if shot.path == BATCH:
            headers |= self.known
        answer = self._client.open(
            shot.path, method=shot.method, data=shot.body, headers=headers, buffered=True
        )
        note(tally, answer.status_code, answer.get_data(), f"{shot.method} {shot.path[:60]}")


def note(tally: Tally, status: int, body: bytes, what: str) -> None:
    """Count an answer; remember receipts, and what must not be."""
    tally.statuses[status] += 1
    if status >= SERVER_ERROR:
        tally.wrong.append(f"{what}: {status} {body[:200]!r}")
    if status == ACCEPTED and what.endswith("/applications"):
        tally.receipts.add(json.loads(body)["receipt"])
    elif what.endswith("/batch"):
        for line in body.splitlines():
            said = json.loads(line)
            if said.get("status") == ACCEPTED:
                tally.receipts.add(said["receipt"])
            elif said.get("status", 0) >= SERVER_ERROR:
                tally.wrong.append(f"{what}: {said}")


def corpus(target: Target, tally: Tally, *, seed: int, count: int) -> None:
    """Fire `count` hostile requests."""
    for shot in itertools.islice(shots(seed), count):
        target.fire(shot, tally)


def from_the_document(target: Target, tally: Tally, *, seed: int, examples: int) -> None:
    """Requests that schemathesis makes from our OpenAPI document: for every operation `examples`
    that break it and as many that keep to it, with a bureau's token or a sending system's."""
    document = schemathesis.openapi.from_wsgi("/openapi.json", target.whole)
    for result in document.get_all_operations():
        assert isinstance(result, Ok), result  # noqa: S101 -- the document is valid: tests say so
        operation = result.ok()
        for mode in (GenerationMode.NEGATIVE, GenerationMode.POSITIVE):

            @seeded(seed)
            @hypothesis_settings(
                max_examples=examples,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def ask(case: Any) -> None:
                files = case.path.endswith(("/applications", "/batch"))
                bureau = {"Authorization": f"Bearer {target.token}"}
                answer = case.call(headers=target.known if files else bureau)
                note(tally, answer.status_code, answer.content, f"{case.method} {case.path}")

            # What takes no parameters cannot be asked wrongly.
            with suppress(Unsatisfiable):
                ask()


def judge(target: Target, tally: Tally) -> list[str]:
    """What is wrong: 5xx answers, and rows that no accepting answer accounts for."""
    found = list(tally.wrong)
    with target.db.statement() as conn:
        stored = set(conn.exec_driver_sql("SELECT receipt FROM application").scalars())
    if stored != tally.receipts:
        found.append(f"stored without an answer: {sorted(stored - tally.receipts)[:5]}")
        found.append(f"answered and not stored: {sorted(tally.receipts - stored)[:5]}")
    return found


@click.command()
@click.option("--seed", type=int, default=6, show_default=True)
@click.option("--count", type=int, default=20_000, show_default=True, help="Of our own corpus.")
@click.option("--examples", type=int, default=40, show_default=True, help="Per operation, twice.")
def main(seed: int, count: int, examples: int) -> None:
    """Fire hostile requests at the API over a database made for it."""
    servers = start_servers()
    try:
        url = create_database(servers.database_url, f"{servers.template}_fuzz", servers.template)
        environment = {
            "DATABASE_URL": with_role(url, APPLICATION),
            "REDIS_URL": servers.redis_url,
            "SECRET_KEY": secrets.token_hex(32),
            "DATA_KEYS": keys.new_entry("faults"),
        }
        configure_logging("ERROR", "fuzz")
        target, tally = Target(Settings.from_env(environment)), Tally()
        corpus(target, tally, seed=seed, count=count)
        click.echo(f"{tally.total:,} hostile requests: {dict(sorted(tally.statuses.items()))}")
        from_the_document(target, tally, seed=seed, examples=examples)
        click.echo(f"{tally.total:,} with those made from the OpenAPI document")
        found = judge(target, tally)
        click.echo(f"{len(tally.receipts):,} were well-formed after all and accepted")
        for one in found[:20]:
            click.echo(f"FOUND: {one}")
        target.close()
    finally:
        servers.stop()
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
