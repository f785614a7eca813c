"""`wenqi audit …`: the trail, for whoever audits it."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from cli.options import DAY, VAR, check_days, known_word, local, opened

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from casework.operations.seals import Head
    from config.settings import Settings

TAMPERED: Final = 1
_HEAD: Final = re.compile(r"(\d+):([0-9a-f]{64})", re.ASCII)


@click.group()
def audit() -> None:
    """The trail: who did what and who looked; and whether it is as it was."""


@contextmanager
def _as_auditor(folder: Path) -> Iterator[tuple[Connection, Settings]]:
    """One moment of the database, by DATABASE_AUDITOR_URL where it is set."""
    from casework.database import Database

    with opened(folder) as (db, settings):
        url = settings.database_auditor_url
        # Reading a long trail takes longer than a statement that serves.
        auditors = Database(url, pool_size=1, statement_seconds=3600) if url else db
        try:
            with auditors.transaction() as conn:
                conn.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                yield conn, settings
        finally:
            auditors.close()


def _heads(_: object, __: object, given: tuple[str, ...]) -> list[Head]:
    from casework.operations.seals import Head

    found = [_HEAD.fullmatch(one.strip()) for one in given]
    if not all(found):
        raise click.BadParameter("a head is a number, a colon and 64 hexadecimal digits")
    return [Head(int(one[1]), one[2]) for one in found if one]


@audit.command()
@VAR
@click.option("--head", "heads", multiple=True, callback=_heads, help="One handed out earlier.")
@click.option(
    "--heads",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file of heads handed out (default: AUDIT_HEADS_FILE, where it exists).",
)
def verify(folder: Path, heads: list[Head], file: Path | None) -> None:
    """Compare every event with its seal, every seal with the one before, and with the heads.

    Exit status: 0 nothing was altered, 1 something was (the first rows are named).
    """
    from casework.delivery import heads as handed_out
    from casework.operations import trail_check

    with _as_auditor(folder) as (conn, settings):
        kept = file or settings.auditing.heads_file
        if kept is not None and kept.exists():
            heads = [*heads, *handed_out.read(kept)]
        verdict = trail_check.verify(conn, settings, heads)
    click.echo(
        f"{verdict.events:,} events under {verdict.seals:,} seals,"
        f" {verdict.waiting:,} not sealed yet, {len(heads):,} heads compared"
    )
    if verdict.head is not None:
        click.echo(f"head {verdict.head}")
    for finding in verdict.findings:
        click.echo(f"WRONG  {finding}")
    if verdict.findings:
        sys.exit(TAMPERED)
    click.echo("nothing was altered, taken out or put in")


@audit.command()
@VAR
def head(folder: Path) -> None:
    """Print the head of the chain, to be kept where nobody of the house can alter it."""
    from casework.operations import seals

    with _as_auditor(folder) as (conn, _):
        found = seals.head(conn)
    if found is None:
        raise click.ClickException("Nothing is sealed yet.")
    click.echo(str(found))


def _types() -> list[str]:
    from vocabulary.events import EventType

    return [kind.value for kind in EventType]


def _receipt(_: object, __: object, given: str | None) -> str | None:
    from vocabulary.receipts import parse

    if given is not None and parse(given) is None:
        raise click.BadParameter(f"{given!r} is no receipt; its last sign is checked.")
    return given


@audit.command("list")
@VAR
@click.option("--person", help="As events name them, such as sasac:NAME or operator:root.")
@click.option(
    "--case",
    callback=_receipt,
    help="A receipt: what was done to it, and every look that showed it.",
)
@click.option("--type", "kind", callback=known_word("event", _types), help="Such as access.failed.")
@click.option("--from", "day_from", type=DAY, help="This day included.")
@click.option("--to", "day_to", type=DAY, help="This day included.")
@click.option("--before", type=int, help="Older than this number, for the next page.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
def list_(
    folder: Path,
    person: str | None,
    case: str | None,
    kind: str | None,
    day_from: datetime | None,
    day_to: datetime | None,
    before: int | None,
    limit: int,
) -> None:
    """Print the trail, newest first."""
    from casework.operations import trail_list

    check_days(day_from, day_to)
    wanted = trail_list.Wanted(
        person=person,
        case=case,
        type=kind,
        day_from=day_from and day_from.date(),
        day_to=day_to and day_to.date(),
    )
    with _as_auditor(folder) as (conn, _):
        page = trail_list.find(conn, wanted, before=before, limit=limit)
    for one in page.items:
        more = f" … of {one.cases:,}" if one.cases > len(one.receipts) else ""
        about = " ".join(one.receipts) + more
        data = json.dumps(dict(one.data), ensure_ascii=False) if one.data else ""
        click.echo(f"{one.id:>10}  {local(one.at)}  {one.type:26} {one.actor}  {about} {data}")
    if page.next is not None:
        click.echo(f"next page: --before {page.next}", err=True)
