"""`wenqi migrate`: the database's tables brought up to date, and what that would do."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from cli.keys import require_keys
from cli.options import FOLDER, sentences
from deploy.local.instance import Instance, environment_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from config.settings import Settings
    from store.upgrade_plan import Size, Standing

TO_RUN: Final = 1
NEWER: Final = 2
_MIB: Final = 1024 * 1024


@click.command()
@FOLDER
@click.option("--plan", is_flag=True, help="Only say what would be run, and whom it keeps waiting.")
@click.option("--status", is_flag=True, help="Only say where the database and this release stand.")
def migrate(folder: Path, *, plan: bool, status: bool) -> None:
    """Bring the database's tables up to date.

    --plan and --status change nothing. Exit status of both: 0 nothing is to be run, 1 something is,
    2 a later release has migrated the database.
    """
    from config.settings import Settings

    with sentences():
        settings = Settings.from_env(environment_of(Instance(folder), os.environ))
        if plan or status:
            sys.exit(_look(settings, plan=plan))
        _upgrade(settings)
    click.echo("The database is up to date.")


def _upgrade(settings: Settings) -> None:
    from sqlalchemy.exc import OperationalError

    from store import migrate as command
    from store import roles

    try:
        command.upgrade(
            settings.owner_url,
            roles.logins(settings.database_url, settings.database_auditor_url),
        )
    except (OperationalError, command.MigrationRefused) as error:
        raise click.ClickException(f"The database cannot be migrated: {error}") from error
    require_keys(settings)


def _look(settings: Settings, *, plan: bool) -> int:
    from casework.database import UNAVAILABLE, Database
    from store import upgrade_plan

    db = Database(settings.owner_url, pool_size=1)
    try:
        with db.statement() as conn:
            found = upgrade_plan.standing(conn)
            sizes = upgrade_plan.sizes(conn)
    except UNAVAILABLE as error:
        raise click.ClickException("The database does not answer.") from error
    finally:
        db.close()
    if plan:
        _show_plan(found, sizes)
    else:
        _show_status(found)
    return NEWER if found.is_newer else TO_RUN if found.steps else 0


def _show_status(found: Standing) -> None:
    from config import build

    click.echo(f"database  {found.revision or 'empty'}")
    click.echo(f"release   {found.head}  (wenqi {build.VERSION}, {build.revision()})")
    if found.is_newer:
        click.echo("A later release has migrated the database; this one goes on working on it")
    elif found.steps:
        click.echo(f"to be run: {len(found.steps)} (wenqi migrate --plan)")
    else:
        click.echo("nothing is to be run")


def _show_plan(found: Standing, sizes: Mapping[str, Size]) -> None:
    from store.upgrade_plan import CONTRACTING

    for step in found.steps:
        kind = "contracts" if step.contracts else "expands"
        click.echo(f"{step.revision}  {kind:9}  {step.title}")
        if step.contracts:
            said = CONTRACTING[step.revision]
            click.echo(f"      only once no process of a release before {said} is left")
        for table, hold in sorted(step.holds.items()):
            size = sizes.get(table)
            # A table that an earlier one of these makes has no rows yet.
            told = "new" if size is None else f"{size.rows:,} rows, {size.bytes / _MIB:,.1f} MiB"
            click.echo(f"      {table}: {hold.value}  ({told})")
    if found.is_newer:
        click.echo(f"The database is at {found.revision}: a later release has migrated it.")
    elif not found.steps:
        click.echo("Nothing is to be run.")
    elif any(step.contracts for step in found.steps):
        click.echo("Code of the release before does not work on all of these.")
    else:
        click.echo("Code of the release before goes on working on all of these.")
