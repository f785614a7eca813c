"""`wenqi token …`: who may come in on the bureau side."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import click

from cli.options import VAR, in_english, opened
from vocabulary.identity import IdentityLevel
from vocabulary.people import Role

TOKEN = click.argument("number", type=int, metavar="TOKEN")
DAYS = click.option(
    "--days",
    type=click.IntRange(1, 90),
    default=90,
    show_default=True,
    help="Until it expires.",
)
ONCE = "The token is shown only now; pass it on over a safe channel."


@click.group()
def token() -> None:
    """Tokens of officers and bureau systems."""


@token.command()
@VAR
@DAYS
@click.argument("bureau")
@click.argument("label")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    default=Role.OFFICER.value,
    show_default=True,
)
@click.option(
    "--vouches",
    type=click.Choice([level.value for level in IdentityLevel]),
    help="With --role intake: the highest identity that the system may state for who files.",
)
@click.option(
    "--from",
    "addresses",
    multiple=True,
    metavar="NETWORK",
    help="May be used from there only, e.g. 10.1.2.0/24; may be given several times.",
)
@click.option(
    "--test",
    "is_trial",
    is_flag=True,
    help="With --role intake: what is sent is decided and shown, and counts nowhere.",
)
def create(
    folder: Path,
    days: int,
    bureau: str,
    label: str,
    role: str,
    vouches: str | None,
    addresses: tuple[str, ...],
    *,
    is_trial: bool,
) -> None:
    """Make a token of BUREAU for the system LABEL, or for a program of the person LABEL.

    A person's token belongs to their account (`wenqi account`), and does no more than they may.

    A system that sends applications (an online form, another platform) gets --role intake; BUREAU
    is the one that runs it or answers for it.
    """
    from casework.people import tokens

    with opened(folder) as (db, settings):
        try:
            made = tokens.create(
                db,
                settings,
                bureau=bureau,
                role=role,
                label=label,
                days=days,
                vouches=vouches,
                addresses=addresses,
                is_trial=is_trial,
            )
        except tokens.InvalidToken as error:
            raise click.ClickException(in_english(error)) from error
    click.echo(made)
    click.echo(ONCE, err=True)


@token.command("list")
@VAR
@click.option("--all", "everything", is_flag=True, help="Also those that have ended.")
def list_(folder: Path, *, everything: bool) -> None:
    """Show the tokens in force; never the tokens themselves."""
    from casework.operations import business_time
    from casework.people import tokens
    from cli.tables import table

    with opened(folder) as (db, _):
        now = business_time.now(db)
        found = tokens.list_all(db)
    rows = []
    for one in found:
        state = "live"
        if one.revoked_at is not None:
            state = f"revoked {_day(one.revoked_at)}"
        elif one.expires_at is not None:
            expired = one.expires_at <= now
            state = f"{'expired' if expired else 'until'} {_day(one.expires_at)}"
        if everything or state.startswith(("live", "until")):
            vouches = f" ({one.vouches})" if one.vouches else ""
            vouches += (" test" if one.is_trial else "") + (" SHUT" if one.is_shut else "")
            used = "never" if one.last_used_at is None else _day(one.last_used_at)
            places = " ".join(one.addresses) or "anywhere"
            rows.append(
                (str(one.id), one.bureau, one.role + vouches, one.label, state, used, places)
            )
    headings = ("token", "bureau", "role", "label", "state", "last used", "from")
    click.echo(table(headings, rows, right_aligned={0}))


@token.command()
@VAR
@DAYS
@TOKEN
@click.option("--overlap-hours", type=click.IntRange(0, 720), default=24, show_default=True)
def rotate(folder: Path, days: int, number: int, overlap_hours: int) -> None:
    """Make a new token for the same person; the old one works for a while yet."""
    from casework.people import tokens

    with opened(folder) as (db, settings):
        overlap = timedelta(hours=overlap_hours)
        made = tokens.rotate(db, settings, number, days=days, overlap=overlap)
    click.echo(made)
    click.echo(ONCE, err=True)


@token.command()
@VAR
@TOKEN
def revoke(folder: Path, number: int) -> None:
    """End a token at once."""
    from casework.people import tokens

    with opened(folder) as (db, _):
        revoked = tokens.revoke(db, number)
    if not revoked:
        raise click.ClickException(f"Token {number} does not exist or has been revoked before.")
    click.echo(f"token {number} is revoked")


@token.command()
@VAR
@TOKEN
def shut(folder: Path, number: int) -> None:
    """Take nothing more from the system that sends filings with token NUMBER."""
    from casework.people import tokens

    with opened(folder) as (db, _):
        tokens.shut(db, number, off=True)
    click.echo(f"the system of token {number} is shut off")


@token.command("open")
@VAR
@TOKEN
def open_(folder: Path, number: int) -> None:
    """Take filings again from the system of token NUMBER."""
    from casework.people import tokens

    with opened(folder) as (db, _):
        tokens.shut(db, number, off=False)
    click.echo(f"the system of token {number} may send again")


def _day(moment: datetime) -> str:
    from vocabulary.zone import CHINA

    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"
