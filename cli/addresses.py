"""`wenqi addresses …`: where each bureau, or its head, is reached."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import VAR, opened

if TYPE_CHECKING:
    from casework.outbox.written_addresses import Written


@click.group()
def addresses() -> None:
    """Addresses of bureaus: what holds, changing one, trying one."""


@addresses.command("list")
@VAR
def list_(folder: Path) -> None:
    """Show how every bureau and head is reached, in order of trial; of a robot the host alone."""
    from casework.outbox import bureau_addresses
    from cli.tables import table

    with opened(folder) as (db, settings):
        found = bureau_addresses.list_all(db, settings)
    rows = [
        (
            str(each.to),
            way.channel.value,
            way.shown,
            way.tried.state.value if way.tried else "",
            each.changed_by or "as deployed",
        )
        for each in found
        for way in each.ways
    ]
    rows += [
        (str(each.to), "", "inbox alone", "", each.changed_by or "as deployed")
        for each in found
        if not each.ways
    ]
    click.echo(
        table(("to", "channel", "address", "last test", "changed by"), rows, right_aligned=set())
    )


@addresses.command("set")
@VAR
@click.argument("to")
@click.argument(
    "ways", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False
)
@click.option("--deployed", is_flag=True, help="Go back to what the deployment's file says.")
def set_(folder: Path, to: str, ways: Path | None, deployed: bool) -> None:
    """Reach TO (a bureau's id, or id:supervisor) as the file WAYS says from now on.

    WAYS is TOML with one table as in BUREAU_ADDRESSES: channels = [{ channel = "email", address =
    "…" }]; an empty list leaves the inbox alone. Secrets stay out of the command line.
    """
    from casework.outbox import written_addresses
    from vocabulary.parties import Actor

    if deployed is (ways is not None):
        raise click.UsageError("Give the file WAYS, or --deployed.")
    written = None if ways is None else _read(ways)
    with opened(folder) as (db, settings):
        reached = written_addresses.change(db, settings, to, written, Actor.OPERATOR)
    said = ", ".join(f"{way.channel.value} {way.shown}" for way in reached.ways)
    click.echo(f"{to}: {said or 'inbox alone'}")


@addresses.command()
@VAR
@click.argument("to")
@click.argument("channel")
def test(folder: Path, to: str, channel: str) -> None:
    """Put a test message on its way to one address; `list` says what became of it."""
    from casework.outbox import bureau_addresses, written_addresses
    from vocabulary.parties import Actor

    with opened(folder) as (db, settings):
        whom = written_addresses.recipient(to)
        bureau_addresses.send_test(db, settings, whom, channel, Actor.OPERATOR)
    click.echo("on its way")


def _read(path: Path) -> list[Written]:
    """The ways of a file. Raises ClickException."""
    from casework.outbox.written_addresses import Written

    try:
        listed = tomllib.loads(path.read_text(encoding="utf-8"))["channels"]
        return [Written(**each) for each in listed]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise click.ClickException(
            f"{path} has no list channels of tables with channel, address and secret"
        ) from error
