"""`wenqi doctor`: where every application is, and what is stuck."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import FOLDER, knows_broker, local, opened

if TYPE_CHECKING:
    from casework.operations.doctor import Diagnosis

SICK, UNKNOWN = 1, 2


@click.command()
@FOLDER
@click.option("--json", "as_json", is_flag=True, help="For monitoring.")
@click.option("--mend", is_flag=True, help="Give what is in nobody's hands back to the ledger.")
def doctor(folder: Path, *, as_json: bool, mend: bool) -> None:
    """Account for every accepted application and name what is stuck.

    Exit status: 0 nothing is stuck, 1 something is, 2 the database could not be asked.
    """
    try:
        with opened(folder) as (db, settings):
            from casework.operations import doctor as use_case

            added = use_case.mend(db) if mend else 0
            diagnosis = use_case.examine(db, settings, ask_broker=knows_broker(folder))
    except click.ClickException as error:
        error.show()
        sys.exit(UNKNOWN)
    if as_json:
        click.echo(json.dumps(diagnosis.document(), ensure_ascii=False))
    else:
        if mend:
            click.echo(f"{added} work items added")
        _show(diagnosis)
    sys.exit(0 if diagnosis.is_healthy else SICK)


def _show(diagnosis: Diagnosis) -> None:
    from vocabulary.troubles import PLACES

    for place, words in PLACES.items():
        if diagnosis.places[place] or place == "nobody":
            click.echo(f"{diagnosis.places[place]:>12,}  {words}")
    total = sum(diagnosis.places.values())
    sign = "=" if total == diagnosis.accepted else "≠"
    click.echo(f"{sign}{total:>11,}  of {diagnosis.accepted:,} accepted")
    for trouble in diagnosis.troubles:
        since = "" if trouble.since is None else f", since {local(trouble.since)}"
        click.echo(f"\nSTUCK  {trouble.what}: {trouble.count:,}{since}")
        click.echo(f"  why:  {trouble.why}")
        if trouble.examples:
            click.echo(f"  such as {', '.join(trouble.examples)}")
        click.echo(f"  to do: {trouble.mend}")
    for warning in diagnosis.warnings:
        click.echo(f"\nSOON   {warning}")
    if diagnosis.is_healthy:
        click.echo("nothing is stuck")
