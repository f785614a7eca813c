"""`wenqi purge`: what is kept no longer, and clearing it away."""

from __future__ import annotations

import time
from pathlib import Path

import click

from cli.options import VAR, opened

LOOK_SECONDS = 1.0


@click.command()
@VAR
@click.option("--yes", is_flag=True, help="Clear it. Without this nothing is changed.")
@click.option("--no-wait", is_flag=True, help="File the work and do not watch it.")
def purge(folder: Path, yes: bool, no_wait: bool) -> None:
    """Show what is kept no longer, by kind; with --yes the workers clear it away.

    Numbers for reports stay, what is said of people goes. It can be stopped and begun again.
    """
    from casework.operations import expiry
    from casework.operations import purge as use_case

    with opened(folder) as (db, settings):
        for kind, days, count in use_case.due(db, settings):
            click.echo(f"{kind.value:10} kept {days:6} days  due {count:8}")
        if not yes:
            click.echo("Nothing was changed; --yes clears what is due.")
            return
        gone = expiry.clear(db, settings)
        if gone:
            click.echo(f"Cleared logins and accounts: {gone}.")
        filed = use_case.file(db, settings)
        total = use_case.waiting(db)
        click.echo(f"Filed: {filed}; waiting: {total}.")
        if no_wait or not total:
            return
        with click.progressbar(length=total, label="cleared") as bar:
            done = 0
            while done < total:
                left = use_case.waiting(db)
                bar.update(max(0, total - left - done))
                done = max(done, total - left)
                if done < total:
                    time.sleep(LOOK_SECONDS)
