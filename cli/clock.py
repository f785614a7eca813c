"""`wenqi clock …`: business time, which a demonstration may move."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from cli.options import VAR, opened


@click.group()
def clock() -> None:
    """Business time: what deadlines, visits and reminders go by."""


@clock.command()
@VAR
def show(folder: Path) -> None:
    """Print business time."""
    from casework.operations import business_time as use_case

    with opened(folder) as (db, _):
        now = use_case.now(db)
    click.echo(now.isoformat(timespec="seconds"))


@clock.command()
@VAR
@click.option("--days", type=click.IntRange(0, 3660), default=0)
@click.option("--hours", type=click.IntRange(0, 24 * 366), default=0)
def advance(folder: Path, days: int, hours: int) -> None:
    """Move business time forward for everyone (only where ALLOW_TIME_TRAVEL=1)."""
    from casework.operations import business_time as use_case

    with opened(folder) as (db, settings):
        now = use_case.advance(db, settings, timedelta(days=days, hours=hours))
    click.echo(now.isoformat(timespec="seconds"))
