"""What reports have in common: groups of bureau and provision, and whose figures a row is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any, Final, TypeVar, cast

from sqlalchemy import Row

from casework.notices import editions
from schemas import reports as answers
from vocabulary.cases import State
from vocabulary.outcomes import Outcome

T = TypeVar("T")

GROUP: Final = "a.lead_bureau AS bureau, a.notice_id, a.provision"
# The last row is the total.
BY_GROUP: Final = (
    "GROUP BY GROUPING SETS ((a.lead_bureau, a.notice_id, a.provision), ())"
    " ORDER BY grouping(a.provision), 1 NULLS FIRST, 2, 3"
)


def sum_where(amount: str, condition: str) -> str:
    return f"coalesce(sum({amount}) FILTER (WHERE {condition}), 0.00)"


def figures_of(kind: Callable[..., T], row: Row[Any], **more: object) -> T:
    """What the columns of the same names hold."""
    names = {each.name for each in fields(cast("Any", kind))} - more.keys()
    return kind(**{name: getattr(row, name) for name in names}, **more)


def of_bureau(
    kind: Callable[..., T],
    bureau: str | None,
    figures: Any,
    name_of: Callable[[str], str] = editions.known_bureau_name,
    **more: object,
) -> T:
    """A row: whose figures, and these."""
    return kind(
        bureau=bureau,
        bureau_name=name_of(bureau) if bureau else "尚未分办",
        **{each.name: getattr(figures, each.name) for each in fields(figures)},
        **more,
    )


def of_provision(kind: Callable[..., T], row: Row[Any], figures: object, **more: object) -> T:
    known = editions.provision_text(row.notice_id, row.provision)
    return of_bureau(
        kind,
        row.bureau,
        figures,
        editions.names_of(row.notice_id),
        provision=row.provision,
        measure=known.get("measure"),
        title=known.get("title", row.provision),
        **more,
    )


def by_provision(
    kind: Callable[..., T], figures: Callable[..., object], rows: Sequence[Row[Any]]
) -> list[T]:
    return [of_provision(kind, row, figures_of(figures, row)) for row in rows]


def tally(rows: Sequence[Row[Any]]) -> answers.OutcomeCounts:
    """Applications by outcome and by state, of rows that count them by both."""
    outcomes = dict.fromkeys([*(outcome.value for outcome in Outcome), "none"], 0)
    states = dict.fromkeys((state.value for state in State), 0)
    for row in rows:
        outcomes[row.outcome or "none"] += row.applications
        states[row.state] += row.applications
    return answers.OutcomeCounts(
        applications=sum(outcomes.values()), outcomes=outcomes, states=states
    )
