"""The command line of the import."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

import click

from cli.options import VAR, opened, without_servers
from vocabulary.identity import IdentityLevel

MAX_LAID_OUT = 50


@click.command("import")
@VAR
@click.argument(
    "path",
    metavar="FILE",
    required=False,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
)
@click.option("--template", metavar="PROVISION", help="Print an empty CSV table of this form.")
@click.option("--notice", metavar="ID", help="The notice of the template (default: NOTICE_ID).")
@click.option(
    "--items",
    metavar="LIST=N",
    multiple=True,
    help="Lay out N items of a list in the template, e.g. --items leases=3.",
)
@click.option(
    "--identity",
    type=click.Choice([level.value for level in IdentityLevel]),
    default=IdentityLevel.ASSURED.value,
    show_default=True,
    help="How far you vouch for who the applicants are; recorded as the operator's word.",
)
def import_(
    folder: Path,
    path: Path | None,
    identity: str,
    template: str | None,
    notice: str | None,
    items: tuple[str, ...],
) -> None:
    """Accept the applications in FILE (.csv, .xlsx, .ndjson), one per row or line.

    Receipts and access codes go to FILE.receipts.csv, refused rows with their reasons to
    FILE.rejects.csv: correct them there and import that file. An interrupted import is run again
    as it was: what was accepted is not accepted twice.
    """
    if (path is None) == (template is None):
        raise click.UsageError("Give either FILE or --template.")
    if template is not None:
        sys.stdout.buffer.write(table(template, notice, items))
        return
    assert path is not None  # noqa: S101 -- checked above
    if path.suffix.lower() not in (".csv", ".xlsx", ".ndjson", ".jsonl"):
        raise click.UsageError("FILE must end in .csv, .xlsx, .ndjson or .jsonl.")
    _import(folder, path, IdentityLevel(identity))


def table(provision: str, notice: str | None, items: tuple[str, ...]) -> bytes:
    """The template: names, labels and help, as UTF-8 with the mark that Excel looks for."""
    from casework import editions
    from cli.importing.cells import safe
    from cli.importing.columns import COMMENT, NOTICE, PROVISION, template

    offered = editions.forms_of(without_servers())(notice)
    if offered is None:
        raise click.UsageError(f"No such notice: {notice}.")
    if provision not in offered.forms:
        known = ", ".join(offered.forms)
        raise click.UsageError(f"No such form: {provision}. There are: {known}.")
    counts: dict[str, int] = {}
    for given in items:
        name, _, number = given.partition("=")
        if not (number.isascii() and number.isdigit() and 1 <= int(number) <= MAX_LAID_OUT):
            raise click.UsageError(f"--items {given}: write LIST=N, N from 1 to {MAX_LAID_OUT}.")
        counts[name] = int(number)
    columns = template(offered.forms[provision], counts)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    named = [] if notice is None else [NOTICE]
    writer.writerow([PROVISION, *named, *(column.name for column in columns)])
    labels = ["通知代码"] if named else []
    writer.writerow([f"{COMMENT}条款代码", *labels, *(safe(column.label) for column in columns)])
    note = (
        f"{COMMENT}每行填 {provision}；以 {COMMENT} 开头的行是说明，不会导入；"
        "列表的项从 1 编号，可自行加列，如 leases.2"
    )
    writer.writerow(
        [note, *([f"每行填 {notice}"] if named else []), *(safe(column.help) for column in columns)]
    )
    return text.getvalue().encode("utf-8-sig")


def _import(folder: Path, path: Path, identity: IdentityLevel) -> None:
    from cli.importing.run import run
    from cli.importing.tables import TableError

    with (
        opened(folder) as (db, settings),
        click.progressbar(
            length=path.stat().st_size, label=path.name, file=sys.stderr, show_pos=False
        ) as bar,
    ):
        try:
            report = run(db, settings, path, bar.update, identity)
        except TableError as error:
            raise click.ClickException(str(error)) from error
        bar.finish()
    click.echo(
        f"accepted {report.accepted} (of these again {report.repeated}), refused {report.refused};"
        f" identity: {identity}, on the operator's word"
    )
    if report.away_from is not None:
        raise click.ClickException(
            f"The database went away at row {report.away_from}. Run the same command again: "
            "what was accepted is not accepted twice."
        )
    sys.exit(1 if report.refused else 0)
