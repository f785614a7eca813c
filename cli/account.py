"""`wenqi account …`: people who may log in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from cli.options import VAR, in_english, opened
from vocabulary.people import OF_PEOPLE, Role

LOGIN = click.argument("login")
YES = click.option("--yes", is_flag=True, help="Do not ask.")
ROLES = click.option(
    "--role",
    "roles",
    type=click.Choice([role.value for role in OF_PEOPLE]),
    multiple=True,
    default=[Role.OFFICER.value],
    show_default=True,
    help="May be given several times.",
)


@click.group()
def account() -> None:
    """Accounts of people: officers, supervisors, auditors, administrators."""


@account.command()
@VAR
@click.argument("bureau")
@LOGIN
@click.option("--name", required=True, help="What the person is called.")
@ROLES
@click.option(
    "--formerly",
    metavar="LABEL",
    help="Label of the tokens that the person had until now: what was done with them is theirs.",
)
def add(
    folder: Path, bureau: str, login: str, name: str, roles: tuple[str, ...], formerly: str | None
) -> None:
    """Let a person of BUREAU log in as LOGIN. Prints a code for the first password."""
    from casework.people import accounts

    with opened(folder) as (db, settings), _sentences():
        code = accounts.add(
            db, settings, bureau=bureau, login=login, name=name, roles=roles, formerly=formerly
        )
    _say_code(login, code)


@account.command("list")
@VAR
def list_(folder: Path) -> None:
    """Show every account, those of people who are known by tokens alone as well."""
    from casework.people import accounts
    from cli.tables import table

    with opened(folder) as (db, _):
        found = accounts.list_all(db)
    rows = []
    for one in found:
        ways = [
            word
            for word, is_so in (
                ("password", one.has_password),
                ("second factor", one.has_second_factor),
                ("oidc", one.has_oidc),
            )
            if is_so
        ]
        state = "live" if one.held_by is None else "waits for a second administrator"
        if one.disabled_at is not None:
            state = f"disabled {_moment(one.disabled_at)}"
        seen = "never" if one.last_seen_at is None else _moment(one.last_seen_at)
        roles = " ".join(one.roles)
        login, name = one.login or "(tokens only)", one.name or one.label
        rows.append((one.bureau, login, name, roles, ", ".join(ways), seen, state))
    headings = ("bureau", "login", "name", "roles", "comes by", "last seen", "state")
    click.echo(table(headings, rows, right_aligned=set()))


@account.command()
@VAR
@LOGIN
@ROLES
@click.option("--bureau", help="Another bureau.")
def roles(folder: Path, login: str, roles: tuple[str, ...], bureau: str | None) -> None:
    """Give LOGIN these roles instead of those it has; holds at once."""
    from casework.people import accounts

    with opened(folder) as (db, _), _sentences():
        accounts.change(db, login, roles=roles, bureau=bureau)
    click.echo(f"{login}: {' '.join(roles)}")


@account.command()
@VAR
@LOGIN
def disable(folder: Path, login: str) -> None:
    """End LOGIN at once, with its sessions, tokens, download links and calendar feeds."""
    from casework.people import accounts

    with opened(folder) as (db, _), _sentences():
        accounts.disable(db, login)
    click.echo(f"{login} is disabled")


@account.command()
@VAR
@LOGIN
def reset(folder: Path, login: str) -> None:
    """Forget password and second factor of LOGIN; a disabled account is one again."""
    from casework.people import accounts

    with opened(folder) as (db, settings), _sentences():
        code = accounts.reset(db, settings, login)
    _say_code(login, code)


@account.command()
@VAR
@LOGIN
@YES
def release(folder: Path, login: str, yes: bool) -> None:
    """Confirm what an administrator has done at the desk with LOGIN, which waits for a second
    one: where there is none, or none whom another had not let in. Shows it, and asks."""
    from casework.people import accounts

    with opened(folder) as (db, _), _sentences():
        asked = accounts.asked(db, login)
        if asked is None:
            click.echo(f"{login} waits for nobody")
            return
        since = "" if asked.since is None else f" since {_moment(asked.since)}"
        click.echo(f"{login} of {asked.bureau}, roles {' '.join(asked.roles)}")
        click.echo(f"asked for by {asked.by}{since}; its last code was shown to {asked.code_by}")
        if not yes:
            click.confirm(
                "Have you spoken with the person, and may the account be used?", abort=True
            )
        accounts.release_by_operator(db, login, asked)
    click.echo(f"{login} may be used")


@account.command()
@VAR
def loans(folder: Path) -> None:
    """Show the roles that are to be lent for somebody who is away and wait to be confirmed."""
    from casework.people import delegations
    from cli.tables import table

    with opened(folder) as (db, _):
        rows = [
            (str(one.id), one.bureau, one.role, one.from_label, one.to_label,
             f"{_moment(one.starts_at)} to {_moment(one.ends_at)}",
             f"{one.created_by} {_moment(one.created_at)}")
            for one in delegations.waiting(db)
        ]  # fmt: skip
    headings = ("loan", "bureau", "role", "of", "to", "when", "asked for by")
    click.echo(table(headings, rows, right_aligned={0}))


@account.command("confirm-loan")
@VAR
@click.argument("loan", type=int)
@YES
def confirm_loan(folder: Path, loan: int, yes: bool) -> None:
    """Confirm LOAN (`wenqi account loans`) where the holder is away and no second supervisor or
    administrator can: all accounts lead back to who asked. Shows it, and asks."""
    from casework.people import delegations

    with opened(folder) as (db, _):
        for one in delegations.waiting(db):
            if one.id == loan:
                until = _moment(one.ends_at)
                click.echo(f"{one.role} of {one.from_label} ({one.bureau}) to {one.to_label}")
                click.echo(
                    f"until {until}; asked for by {one.created_by} {_moment(one.created_at)}"
                )
                if not yes:
                    click.confirm("Has the head of the bureau agreed?", abort=True)
        delegations.confirm_by_operator(db, loan)
    click.echo(f"loan {loan} is confirmed")


@account.command()
@VAR
@LOGIN
@click.argument("subject")
def link(folder: Path, login: str, subject: str) -> None:
    """Say that SUBJECT of the OpenID provider (its `sub`) is the person LOGIN."""
    from casework.people import accounts

    with opened(folder) as (db, settings), _sentences():
        accounts.link(db, settings, login, subject)
    click.echo(f"{login} may come by the OpenID provider")


@contextmanager
def _sentences() -> Iterator[None]:
    """What cannot be is said in a sentence."""
    from casework.people.accounts import AccountNotFound, InvalidAccount

    try:
        yield
    except (AccountNotFound, InvalidAccount) as error:
        raise click.ClickException(in_english(error)) from error


def _say_code(login: str, code: str) -> None:
    from casework.people.accounts import SETUP_HOURS

    click.echo(code)
    click.echo(
        f"The code sets the password of {login}, once, within {SETUP_HOURS} hours"
        " (POST /api/v1/session/setup). It is shown only now; pass it on over a safe channel.",
        err=True,
    )


def _moment(moment: datetime) -> str:
    from vocabulary.zone import CHINA

    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"
