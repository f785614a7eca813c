"""`wenqi bureaus`: the ids by which commands and files name bureaus."""

from __future__ import annotations

import click


@click.command()
def bureaus() -> None:
    """List the bureaus of every notice: id, name, notices."""
    from cli.options import without_servers
    from cli.tables import table
    from config.settings import SettingsError

    try:
        without_servers()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    from casework.notices import editions

    known: dict[str, tuple[str, list[str]]] = {}
    for each in editions.every():
        for bureau in editions.bureau_ids(each.notice):
            known.setdefault(bureau, (each.notice.name_of(bureau), []))[1].append(each.notice.id)
    rows = [(bureau, name, ", ".join(of)) for bureau, (name, of) in known.items()]
    click.echo(table(("bureau", "name", "notices"), rows, right_aligned=set()))
