"""`wenqi dead-letter …`: work that was given up, why, and once more."""

from __future__ import annotations

from pathlib import Path

import click

from cli.options import VAR, known_word, local, opened


def _stages() -> list[str]:
    from vocabulary.work import Stage

    return [stage.value for stage in Stage]


STAGE = click.option(
    "--stage",
    callback=known_word("stage", _stages),
    help="Only of this stage (assess, notify, remind, …).",
)


@click.group("dead-letter")
def dead_letter() -> None:
    """Work that was given up after its last attempt, or because trying again cannot help."""


@dead_letter.command("list")
@VAR
@STAGE
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
def list_(folder: Path, stage: str | None, limit: int) -> None:
    """Show dead items: id, stage, receipt, attempts, since when, why."""
    from casework.work import dispatch

    with opened(folder) as (db, _):
        letters = dispatch.dead_letters(db, stage=stage, limit=limit)
    for letter in letters:
        click.echo(
            f"{letter.id}  {letter.stage.value}  {letter.receipt or '-'}  "
            f"attempts {letter.attempts}  since {local(letter.dead_at)}  "
            f"{letter.reason}"
        )
    if not letters:
        click.echo("no dead letters")


@dead_letter.command()
@VAR
@click.argument("item", type=int)
def show(folder: Path, item: int) -> None:
    """Show everything about one dead ITEM."""
    from casework.work import dispatch

    with opened(folder) as (db, _):
        found = dispatch.dead_letters(db, after=item - 1, limit=1)
    if not found or found[0].id != item:
        raise click.ClickException(f"There is no dead item {item}.")
    (letter,) = found
    for name, value in (
        ("item", letter.id),
        ("stage", letter.stage.value),
        ("subject", letter.subject_id),
        ("receipt", letter.receipt or "-"),
        ("attempts", letter.attempts),
        ("dead since", local(letter.dead_at)),
        ("reason", letter.reason),
        ("once more", f"wenqi dead-letter retry {letter.id}"),
    ):
        click.echo(f"{name:11} {value}")


@dead_letter.command()
@VAR
@click.argument("items", type=int, nargs=-1)
@STAGE
@click.option("--all", "everything", is_flag=True, help="Every dead item.")
def retry(folder: Path, items: tuple[int, ...], stage: str | None, *, everything: bool) -> None:
    """Give ITEMS (or all of a stage) a fresh set of attempts, starting now."""
    from casework.work import dispatch

    if bool(items) + bool(stage) + everything != 1:
        raise click.UsageError("Name items, or --stage, or --all.")
    with opened(folder) as (db, _):
        chosen = list(items)
        if not chosen:
            chosen = [one.id for one in dispatch.dead_letters(db, stage=stage, limit=None)]
        revived = dispatch.retry(db, chosen)
    click.echo(f"{len(revived)} of {len(chosen)} are tried again")
    if len(revived) < len(chosen):
        raise click.ClickException("The others are not dead (any more).")
