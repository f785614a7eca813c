"""The command line of the import."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Final

import click

from cli.options import VAR, opened, without_servers
from vocabulary.identity import IdentityLevel

if TYPE_CHECKING:
    from casework.importing.run import Imported, Order

REFUSED: Final = 1
"""Exit status: rows, sheets or the whole file have to be mended."""
STOPPED: Final = 3
"""Exit status: ended early though the file may be right; the same command goes on."""
_SIGNALS: Final = ("SIGINT", "SIGTERM", "SIGHUP")


@click.command("import")
@VAR
@click.argument(
    "path",
    metavar="FILE",
    required=False,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
)
@click.option("--provision", metavar="CODE", help="The provision of rows that do not say it.")
@click.option(
    "--again", is_flag=True, help="File rows that were accepted before once more, all of them."
)
@click.option(
    "--identity",
    type=click.Choice([level.value for level in IdentityLevel]),
    default=IdentityLevel.ASSURED.value,
    show_default=True,
    help="How far you vouch for who the applicants are; recorded as the operator's word.",
)
@click.option("--check", is_flag=True, help="Only say what an import would do; file nothing.")
@click.option("--template", metavar="PROVISION", help="Print an empty table of this form.")
@click.option(
    "--xlsx", is_flag=True, help="The template as a workbook, with Chinese headings and lists."
)
@click.option("--notice", metavar="ID", help="The notice of the template (default: NOTICE_ID).")
@click.option(
    "--items",
    metavar="LIST=N",
    multiple=True,
    help="Lay out N items of a list in the template, e.g. --items leases=3.",
)
def import_(  # noqa: PLR0913 -- as many as there are options
    folder: Path,
    path: Path | None,
    identity: str,
    provision: str | None,
    template: str | None,
    notice: str | None,
    items: tuple[str, ...],
    *,
    again: bool,
    check: bool,
    xlsx: bool,
) -> None:
    """Accept the applications in FILE (.xlsx, .csv, .ndjson), one per row or line.

    For list.xlsx, receipts and access codes go to list.receipts.csv, refused rows with their
    reasons to list.rejects.xlsx (of a CSV: list.rejects.csv): correct them there and import that
    file. Nothing is written over: later files are called list.receipts.2.csv and so on. A row that
    was accepted before, from whichever file, is shown with its receipt and not filed again.

    Exit status: 0 all rows are accepted, 1 something has to be corrected, 3 ended early, run again.
    The guide for clerks: docs/import.md.
    """
    if (path is None) == (template is None):
        raise click.UsageError("Give either FILE or --template.")
    if template is not None:
        sys.stdout.buffer.write(_template(template, notice, items, xlsx=xlsx))
        return
    assert path is not None  # noqa: S101 -- checked above
    from casework.importing.run import Order

    if check:
        sys.exit(_check(folder, path, provision))
    sys.exit(_import(folder, path, Order(IdentityLevel(identity), provision, again)))


def _template(provision: str, notice: str | None, items: tuple[str, ...], *, xlsx: bool) -> bytes:
    from casework.importing import templates
    from casework.importing.columns import MOST_ITEMS
    from casework.notices import editions

    offered = editions.forms_of(without_servers())(notice)
    if offered is None:
        raise click.UsageError(f"No such notice: {notice}.")
    if provision not in offered.forms:
        known = ", ".join(offered.forms)
        raise click.UsageError(f"No such form: {provision}. There are: {known}.")
    counts: dict[str, int] = {}
    for given in items:
        name, _, number = given.partition("=")
        if not (number.isascii() and number.isdigit() and 1 <= int(number) <= MOST_ITEMS):
            raise click.UsageError(f"--items {given}: write LIST=N, N from 1 to {MOST_ITEMS}.")
        counts[name] = int(number)
    make = templates.workbook if xlsx else templates.text
    return make(provision, offered.forms[provision], counts, notice)


def _import(folder: Path, path: Path, order: Order) -> int:
    from casework.importing.run import import_file
    from casework.tables.values import TableError

    with (
        _asked_to_stop() as asked,
        opened(folder) as (db, settings),
        click.progressbar(
            length=path.stat().st_size, label=path.name, file=sys.stderr, show_pos=False
        ) as bar,
    ):
        try:
            done = import_file(
                db,
                settings,
                path,
                order=order,
                advance=bar.update,
                stopping=lambda: bool(asked),
            )
        except TableError as error:
            click.echo(err=True)
            click.echo(f"没有导入：{error}。受理 0 行，退回 0 行。", err=True)
            return REFUSED
        if done.stopped is None:
            bar.update((bar.length or 0) - bar.pos)  # to the end: what follows the rows is no row
    return _told(done)


def _check(folder: Path, path: Path, provision: str | None) -> int:
    from casework.importing.check import check_file
    from casework.tables.values import TableError

    fit = before = wrong = 0
    with opened(folder) as (db, settings):
        try:
            looked = check_file(db, settings, path, provision=provision)
            for item, receipt in looked.rows:
                if item.submission is None:
                    wrong += 1
                    click.echo(f"第 {item.where} 行：{' '.join(item.reasons)}")
                elif receipt is None:
                    fit += 1
                else:
                    before += 1
                    click.echo(f"第 {item.where} 行：以前已受理，受理编号 {receipt}")
        except TableError as error:
            click.echo(f"文件读不下去：{error}。", err=True)
            wrong += 1
    click.echo(f"没有导入。可以受理 {fit} 行，以前已受理 {before} 行，会退回 {wrong} 行。")
    return REFUSED if wrong else 0


def _told(done: Imported) -> int:
    """Say how it ended; the exit status."""
    for line in _remarks(done):
        click.echo(line)
    counts = (
        f"受理 {done.accepted} 行（其中 {done.repeated} 行以前已受理，没有重复受理），"
        f"退回 {done.refused} 行"
    )
    if done.stopped is None:
        click.echo(f"{counts}。")
        return REFUSED if done.refused or _left_out(done) else 0
    reached = f"读到第 {done.reached} 行" if done.reached else "还没有读到申报"
    then = (
        "再运行一次同样的命令就会接着导入，已受理的不会重复受理"
        if done.stopped.again
        else ("请改正文件后再导入，已受理的不会重复受理")
    )
    click.echo(f"导入没有完成：{done.stopped}。{reached}，{counts}。{then}。", err=True)
    return STOPPED if done.stopped.again else REFUSED


def _left_out(done: Imported) -> bool:
    return bool(done.remarks.left_out or done.remarks.without_headings)


def _remarks(done: Imported) -> Iterator[str]:
    if done.rescued is not None:
        yield f"上一次中断的导入留下的回执：{done.rescued.name}"
    if done.remarks.extra:
        yield f"没有导入的列（不属于申报表）：{'、'.join(done.remarks.extra)}"
    if done.remarks.without_headings:
        yield f"没有导入的工作表（找不到列名）：{'、'.join(done.remarks.without_headings)}"
    if done.remarks.left_out:
        yield f"没有导入的工作表（已隐藏）：{'、'.join(done.remarks.left_out)}"
    for file in done.files:
        is_receipts = ".receipts" in file.name
        what = "回执（含查询码，请妥善保管）" if is_receipts else "退回的行（第一列是原因）"
        yield f"{what}：{file.name}"


@contextmanager
def _asked_to_stop() -> Iterator[list[int]]:
    """A list that is no longer empty once Ctrl-C was pressed or the process told to end: the group
    that is being filed is then written down first."""
    asked: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        asked.append(number)
        click.echo("\n正在停止：等正在受理的一组写完……", err=True)

    earlier = {
        one: signal.signal(getattr(signal, one), note) for one in _SIGNALS if hasattr(signal, one)
    }
    try:
        yield asked
    finally:
        for one, handler in earlier.items():
            signal.signal(getattr(signal, one), handler)
