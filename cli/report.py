"""`wenqi report`: the numbers of all bureaus, or of one, as tables or JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import click

from cli.options import DAY, VAR, check_days, known_bureau, known_word, opened
from cli.tables import table
from vocabulary.fulfilment import Progress
from vocabulary.outcomes import Outcome

_BY_GROUP: Final = (("bureau_name", "牵头单位"), ("measure", "措施"), ("title", "条款"))
_BY_BUREAU: Final = (("bureau_name", "牵头单位"),)

Columns = Sequence[tuple[str, str]]


# Report -> its heading, the columns of words, the columns of figures or the answer in
# `schemas.reports` that they are (which is not loaded for the command's name alone).
_LAYOUT: Final[Mapping[str, tuple[str, Columns, Columns | str]]] = {
    "intake": ("受理情况（件）", _BY_GROUP, "IntakeCounts"),
    "outcomes": (
        "核对结果（件）",
        _BY_GROUP,
        (
            ("applications", "件数"),
            *((f"outcomes.{outcome}", outcome.label) for outcome in Outcome),
            ("outcomes.none", "未核对"),
        ),
    ),
    "amounts": ("金额（元）", _BY_GROUP, "AmountSums"),
    "fulfilment": (
        "兑现（元；准予等于各项之和，须追回和已追回另计）",
        (*_BY_GROUP, ("payer_name", "兑现单位")),
        (
            ("granted", "准予件数"),
            ("granted_amount", "准予"),
            *(
                (f"amounts.{each}", each.label)
                for each in Progress
                if each is not Progress.CANCELLED
            ),
            ("excess_amount", "须追回"),
            ("reclaimed_amount", "已追回"),
        ),
    ),
    "times": (
        "自受理到由人首次决定（工作日；自动得出的结果另计）",
        _BY_GROUP,
        "TimeFigures",
    ),
    "overdue": (
        "现在逾期的事项（期限为本地做法）",
        (*_BY_BUREAU, ("promise_text", "事项")),
        "OverdueCounts",
    ),
    "visits": ("走访覆盖（家）", _BY_BUREAU, "VisitCounts"),
    "satisfaction": ("满意度（人次）", _BY_GROUP, "SatisfactionFigures"),
    "budgets": (
        "预算（元，全部单位，不按条件筛选）",
        (("measure", "措施"),),
        "BudgetRow",
    ),
    "senders": (
        "申报渠道（件）",
        (("client", "令牌"), ("name", "申报渠道")),
        (
            ("applications", "件数"),
            *((f"outcomes.{outcome}", outcome.label) for outcome in Outcome),
            ("outcomes.none", "未核对"),
            ("granted", "准予"),
            ("refused", "不予"),
            ("pending", "在办"),
        ),
    ),
}


def _provisions() -> Sequence[str]:
    from casework.notices import known
    from schemas.kit.filters import OfNotice

    return known.names(OfNotice.PROVISION)


@click.command()
@VAR
@click.argument("names", nargs=-1, type=click.Choice(list(_LAYOUT)))
@click.option("--bureau", callback=known_bureau, help="Only this bureau's (its id).")
@click.option(
    "--provision",
    callback=known_word("provision", _provisions),
    help="Only under this provision.",
)
@click.option("--from", "received_from", type=DAY, help="Received on this day or later.")
@click.option("--to", "received_to", type=DAY, help="Received on this day or before.")
@click.option("--json", "as_json", is_flag=True, help="JSON instead of tables.")
def report(
    folder: Path,
    names: tuple[str, ...],
    bureau: str | None,
    provision: str | None,
    received_from: datetime | None,
    received_to: datetime | None,
    *,
    as_json: bool,
) -> None:
    """Print the named reports (all without names)."""
    from casework.reporting.reports import REPORTS
    from casework.reporting.scope import Scope
    from schemas.kit.answers import dump

    check_days(received_from, received_to)
    scope = Scope(
        bureau=bureau,
        provision=provision,
        received_from=received_from.date() if received_from else None,
        received_to=received_to.date() if received_to else None,
    )
    with opened(folder) as (db, settings):
        found = {name: dump(REPORTS[name](db, settings, scope)) for name in names or _LAYOUT}
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    click.echo("\n\n".join(rendered(name, each) for name, each in found.items()))


def rendered(name: str, found: Mapping[str, Any]) -> str:
    """A report as text: heading, table, and its total, if it has one, as the last line."""
    heading, words, told = _LAYOUT[name]
    figures = _figures(told, words) if isinstance(told, str) else told
    rows = [
        [_text(row, key) for key, _ in words] + [_text(row, key) for key, _ in figures]
        for row in found["rows"]
    ]
    if "total" in found:
        sums = [_text(found["total"], key) for key, _ in figures]
        rows.append(["合计", *[""] * (len(words) - 1), *sums])
    columns = [title for _, title in (*words, *figures)]
    right = set(range(len(words), len(columns)))
    return f"{heading}  {found['as_of']}\n{table(columns, rows, right_aligned=right)}"


def _figures(kind: str, words: Columns) -> Columns:
    """The figures that an answer holds, under the names that it gives them."""
    from schemas import reports
    from schemas.kit.answers import schema_of

    fields = schema_of(getattr(reports, kind))().fields
    named = [(each.data_key or name, each.metadata["title"]) for name, each in fields.items()]
    return [column for column in named if column[0] not in dict(words)]


def _text(row: Mapping[str, Any], path: str) -> str:
    value: Any = row
    for step in path.split("."):
        value = value[step]
    return "—" if value is None else str(value)
