"""`wenqi keys …`: make keys, see what lies under which, encrypt anew under the newest."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import VAR, opened

if TYPE_CHECKING:
    from config.settings import Settings

_LOOK_SECONDS = 0.5
_STALLED_SECONDS = 60


def require_keys(settings: Settings) -> None:
    """Refuse to go on with keys that the database was not written with. Raises KeyMissing.

    Without SECRET_KEY or DATA_KEYS nothing is looked at: what needs one says so itself.
    """
    from casework.database import open_database
    from casework.operations import key_check

    db = open_database(settings, process="keys", pool_size=1)
    try:
        key_check.require(db, settings)
    finally:
        db.close()


@click.group()
def keys() -> None:
    """Keys of personal data (DATA_KEYS) and of codes and tokens (SECRET_KEY)."""


@keys.command()
@click.argument("name", metavar="ID")
def new(name: str) -> None:
    """Print a fresh key called ID, for the end of the ring; once every process has it, it goes to
    the front."""
    from config.keys import new_entry

    try:
        click.echo(new_entry(name))
    except ValueError as error:
        raise click.ClickException(f"{name}: {error}") from error


@keys.command()
@VAR
def status(folder: Path) -> None:
    """Show which keys are known, and how much still lies under each."""
    from casework.operations import key_check, key_rotation, word_renewal

    with opened(folder) as (db, settings):
        for ring, key, is_there in key_check.known(db, settings):
            click.echo(f"{ring:12} {key:17} {'' if is_there else 'MISSING from the ring'}".rstrip())
        for kind, key, count in key_check.under_secret(db, settings):
            is_old = kind == word_renewal.KIND and key != key_check.newest_secret(settings)
            hint = "  <- wenqi keys rotate" if is_old else ""
            click.echo(f"{count:>12,}  {kind:28} {key}  (SECRET_KEY){hint}")
        newest = settings.require_data_keys().newest.id
        old = 0
        for column, key, rows in key_rotation.standing(db):
            is_new = key == newest
            old += 0 if is_new else rows
            click.echo(
                f"{rows:>12,}  {column:28} {key}{'' if is_new else '  <- wenqi keys rotate'}"
            )
        waiting = key_rotation.waiting(db)
    click.echo(f"{old:,} rows are not under the newest key, {waiting:,} blocks wait")


@keys.command()
@VAR
@click.option("--no-wait", is_flag=True, help="Put the work on its way and return.")
def rotate(folder: Path, *, no_wait: bool) -> None:
    """Encrypt anew, under the newest key, whatever lies under another one or in clear.

    The workers do it beside everything else; it may be broken off and called again at any time.
    Every process must have the new key first.
    """
    from casework.operations import key_rotation
    from config.keys import KeyMissing

    with opened(folder) as (db, settings):
        try:
            total = key_rotation.start(db, settings)
        except KeyMissing as error:
            raise click.ClickException(str(error)) from error
        if no_wait or not total:
            click.echo(f"{total:,} blocks of rows are on their way")
            return
        left, moved_at = total, time.monotonic()
        with click.progressbar(length=total, label="encrypting anew") as bar:
            while left:
                time.sleep(_LOOK_SECONDS)
                now = key_rotation.waiting(db)
                if now != left:
                    bar.update(left - now)
                    left, moved_at = now, time.monotonic()
                elif time.monotonic() - moved_at > _STALLED_SECONDS:
                    raise click.ClickException(
                        f"{left:,} blocks wait and no worker takes them; `wenqi ps` and"
                        " `wenqi dead-letter list` say why. What is done stays done."
                    )
        old = sum(
            each.rows
            for each in key_rotation.standing(db)
            if each.key != settings.require_data_keys().newest.id
        )
    click.echo(f"done; {old:,} rows are not under the newest key")


@keys.command()
@VAR
@click.argument("ring", type=click.Choice(["DATA_KEYS", "SECRET_KEY"]))
@click.argument("name", metavar="ID")
@click.option("--lost", is_flag=True, help="Although something still lies under it.")
def forget(folder: Path, ring: str, name: str, *, lost: bool) -> None:
    """Let a key go: RING may be used without ID from then on."""
    from casework.operations import key_check, key_rotation

    with opened(folder) as (db, settings):
        under = sum(each.rows for each in key_rotation.standing(db) if each.key == name)
        if ring == "DATA_KEYS" and under and not lost:
            raise click.ClickException(
                f"{under:,} rows lie under {name}: `wenqi keys rotate` first, or --lost if the key"
                " is gone for good and they with it."
            )
        if not key_check.forget(settings, ring, name):
            raise click.ClickException(f"{ring} is not known to have had a key {name}.")
    click.echo(f"{ring} may be used without {name}")
