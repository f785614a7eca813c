"""`wenqi payments …`: what a bureau has to pay, its batches for the bank, the bank's answers."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import DAY, VAR, known_bureau, known_word, opened

if TYPE_CHECKING:
    from casework.people.access import Principal
    from vocabulary.people import Role

BUREAU = click.option(
    "--bureau", required=True, callback=known_bureau, help="Which bureau pays (its id)."
)
OUT = click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Where the file for the bank goes; readable by you alone.",
)


def _progresses() -> list[str]:
    from vocabulary.fulfilment import Progress

    return [progress.value for progress in Progress]


@click.group()
def payments() -> None:
    """Payments of granted money: batches for the bank, and what the bank says to them."""


@payments.command("list")
@VAR
@BUREAU
@click.option(
    "--progress",
    callback=known_word("progress", _progresses),
    help="Only of this progress (payable, no_account, returned, …).",
)
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
def list_(folder: Path, bureau: str, progress: str | None, limit: int) -> None:
    """Show what the bureau has to pay or to see waived, newest first."""
    from casework.fulfilment import lists

    with opened(folder) as (db, _):
        page = lists.list_payments(db, _operator(bureau), progress=progress, limit=limit)
    for each in page.items:
        click.echo(f"{each.receipt}  {each.outstanding:>14,.2f}  {each.progress}")
    if not page.items:
        click.echo("nothing")


@payments.command()
@VAR
@BUREAU
@OUT
def export(folder: Path, bureau: str, out: Path) -> None:
    """Put what is payable into a batch and write its file; each payment goes into one batch."""
    from casework.fulfilment import batches

    with opened(folder) as (db, settings):
        batch = batches.export(db, settings, _operator(bureau))
        content = batches.file(db, _operator(bureau), batch.id)
    _write(out, content)
    click.echo(f"batch {batch.id}: {batch.lines} payments, {batch.total:,.2f} yuan")
    click.echo(f"sha256 {batch.digest}")


@payments.command()
@VAR
@BUREAU
@OUT
@click.argument("batch", type=int)
def file(folder: Path, bureau: str, out: Path, batch: int) -> None:
    """Write the file of a BATCH again; it is the same each time."""
    from casework.fulfilment import batches

    with opened(folder) as (db, _):
        content = batches.file(db, _operator(bureau), batch)
    _write(out, content)


@payments.command()
@VAR
@BUREAU
@click.argument("batch", type=int)
@click.argument("answer", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def confirm(folder: Path, bureau: str, batch: int, answer: Path) -> None:
    """Write down what the bank says to a BATCH: ANSWER is its table (CSV). All of it or nothing."""
    from casework.fulfilment import answer_files, bank_answers

    with opened(folder) as (db, settings):
        lines = answer_files.read(answer.read_bytes())
        taken = bank_answers.take(db, settings, _operator(bureau), batch, lines)
    click.echo(
        f"paid {taken.paid}, returned {taken.returned}, known before {taken.known},"
        f" unanswered {taken.unanswered}"
    )


@payments.command()
@VAR
@BUREAU
@click.argument("receipt")
@click.option("--number", type=int, help="The number of the account to confirm, as it was shown.")
@click.option("--confirm", "note", help="Confirm it: why it is taken for the applicant's own.")
def account(folder: Path, bureau: str, receipt: str, number: int | None, note: str | None) -> None:
    """Show which account the grant of RECEIPT is paid to, or confirm one that waits for it."""
    if (note is None) is not (number is None):
        raise click.UsageError("--confirm and --number go together")
    from casework.fulfilment import lists, payment_account

    with opened(folder) as (db, settings):
        if note is not None and number is not None:
            payment_account.confirm(
                db, settings, _operator(bureau), receipt, account=number, note=note
            )
        found = lists.read(db, _operator(bureau), receipt)
    which = f"{found.account_id or ''}  {found.account or 'no account'}"
    click.echo(f"{which}  {found.account_state or ''}  {found.progress}")


@payments.command("paid-otherwise")
@VAR
@BUREAU
@click.argument("receipt")
@click.option("--on", type=DAY, required=True, help="When it was paid.")
@click.option("--note", required=True, help="How that is known.")
def paid_otherwise(folder: Path, bureau: str, receipt: str, on: datetime, note: str) -> None:
    """Write down that what is due on RECEIPT was paid by no batch of ours; it is paid no more once
    a second person, a head of the bureau, has said the same day."""
    from casework.fulfilment import lists
    from casework.fulfilment import paid_otherwise as use_case
    from vocabulary.people import Role

    with opened(folder) as (db, settings):
        head = _operator(bureau, Role.SUPERVISOR)
        use_case.record(db, settings, head, receipt, on=on.date(), note=note)
        waits = lists.read(db, head, receipt).said_by is not None
    said = f"{receipt} was paid on {on:%Y-%m-%d}"
    click.echo(f"{said}, says one; a head of the bureau says so too" if waits else said)


def _operator(bureau: str, role: Role | None = None) -> Principal:
    """Whoever works at the command line, in the place of the bureau's officer, or of its head."""
    from casework.people.access import Principal
    from vocabulary.parties import Actor
    from vocabulary.people import Role

    return Principal(bureau, role or Role.OFFICER, Actor.OPERATOR, identity=Actor.OPERATOR)


def _write(out: Path, content: bytes) -> None:
    out.touch(mode=0o600)
    out.write_bytes(content)
