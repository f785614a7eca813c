"""`wenqi practice …`: local practice, and what changes of it."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.options import DAY, VAR, local, opened

if TYPE_CHECKING:
    from casework.database import Database
    from casework.people.access import Principal
    from config.declared import Declared


@click.group()
def practice() -> None:
    """Local practice: what holds, what changes, and who changed it."""


@practice.command("list")
@VAR
def list_(folder: Path) -> None:
    """Show every parameter as it is today, and since when."""
    from cli.tables import table
    from config import dated

    with opened(folder) as (_, settings):
        rows = []
        for name, each in dated.parameters().items():
            since = settings.practice.since(each.field, date.max)
            begun = str(since) if since else "as deployed"
            rows.append(
                (
                    name,
                    _written(each, dated.present(settings, each)),
                    begun,
                    "fixed" if each.variable.fixed else "",
                )
            )
    headings = ("parameter", "value", "since", "")
    click.echo(table(headings, rows, right_aligned=set()))


@practice.command("set")
@VAR
@click.argument("name")
@click.argument("value", required=False)
@click.option("--from", "valid_from", type=DAY, required=True)
@click.option("--reason", required=True, help="At least 10 characters.")
@click.option("--by", "login", required=True, help="Login of the administrator who asks for it.")
def set_(
    folder: Path, name: str, value: str | None, valid_from: datetime, reason: str, login: str
) -> None:
    """Propose VALUE for the parameter NAME (none: as it was deployed) from a day to come.

    Another administrator agrees to it at the desk; here nobody does.
    """
    from casework.docket import practice as use_case
    from vocabulary.parties import Actor

    with opened(folder) as (db, settings):
        made = use_case.propose(
            db,
            settings,
            _administrator(db, login),
            name,
            value=value,
            valid_from=valid_from.date(),
            reason=reason,
            actor=Actor.OPERATOR,
        )
    click.echo(f"change {made.id} waits for another administrator than {made.proposed_by}")


@practice.command()
@VAR
@click.argument("name", required=False)
def history(folder: Path, name: str | None) -> None:
    """Show what was proposed, the latest first; of one parameter with NAME."""
    from casework.docket import practice as use_case
    from cli.tables import table

    with opened(folder) as (db, _):
        found = use_case.list_changes(db, _operator(), name=name).items
    rows = [
        (
            str(each.id),
            each.name,
            "as deployed" if each.value is None else each.value,
            str(each.valid_from),
            each.state.value,
            f"{each.proposed_by} {local(each.proposed_at)}",
            each.confirmed_by or each.ended_by or "",
            each.reason,
        )
        for each in found
    ]
    headings = ("change", "parameter", "value", "from", "state", "proposed", "by", "why")
    click.echo(table(headings, rows, right_aligned={0}))


def _written(parameter: Declared, value: Any) -> str:
    """A value in English, or as one writes it."""
    from config.declared import OFF, NamedYuan, Whole

    parse = parameter.variable.parse
    if isinstance(parse, Whole):
        return f"{value} {parse.unit.english}".rstrip()
    if isinstance(value, tuple):
        # The names of a budget are the notice's numerals.
        parts = [str(each.amount) if isinstance(each, NamedYuan) else str(each) for each in value]
        return ", ".join(parts) or "none"
    return OFF if value is None else str(value)


def _administrator(db: Database, login: str) -> Principal:
    """Who asks for a change: they cannot agree to it themselves."""
    from casework.people import accounts
    from casework.people.access import Principal
    from vocabulary.people import Role

    for each in accounts.list_all(db):
        if each.login == login and Role.ADMIN in each.roles and each.is_in_use:
            return Principal(each.bureau, Role.ADMIN, each.label, identity=each.actor)
    raise click.ClickException(f"{login} is no administrator.")


def _operator() -> Principal:
    from casework.people.access import Principal
    from vocabulary.parties import Actor
    from vocabulary.people import Role

    return Principal("", Role.ADMIN, Actor.OPERATOR, identity=Actor.OPERATOR)
