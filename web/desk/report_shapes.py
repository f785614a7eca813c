"""What a report is as a table: words, figures, and the list behind a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple
from urllib.parse import urlencode

from casework.people.access import Principal
from casework.reporting.scope import Scope
from casework.reporting.sheets import Kind
from schemas import reports as answers

Value = str | int | Decimal | date | None


class Column(NamedTuple):
    """`kind`: as in files; a whole number stands as text there. `below_zero`: what a figure below
    zero means."""

    title: str
    kind: Kind = Kind.TEXT
    is_figure: bool = True
    below_zero: str = ""


class Cell(NamedTuple):
    """A value, and the list behind it."""

    value: Value
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """`words`: so many columns say whose figures a row shows; `charted`: the column whose figures
    the bars show; `total`: the last row, if there is one."""

    name: str
    title: str
    note: str
    words: tuple[str, ...]
    figures: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    charted: int
    total: tuple[Cell, ...] = ()

    def of_what_there_is(self) -> Table:
        """Without columns of figures that are all nothing, but for the first and the charted one:
        for paper, and where there are more than a screen is wide."""
        shown = [*self.rows, *([self.total] if self.total else [])]
        first = len(self.words)
        every = range(first + len(self.figures))
        stays = {*range(first + 1), self.charted}
        kept = [
            place for place in every if place in stays or any(row[place].value for row in shown)
        ]
        return replace(
            self,
            note=self.note if len(kept) == len(every) else f"{self.note}没有数的列不列出。",
            figures=tuple(self.figures[place - first] for place in kept if place >= first),
            rows=tuple(tuple(row[place] for place in kept) for row in self.rows),
            total=tuple(self.total[place] for place in kept if self.total),
            charted=kept.index(self.charted),
        )

    @property
    def columns(self) -> tuple[Column, ...]:
        """All of them."""
        return (*(Column(each, is_figure=False) for each in self.words), *self.figures)


BY_GROUP: Final = ("牵头单位", "措施")


@dataclass(frozen=True, slots=True)
class Behind:
    """Addresses of lists of cases: for whom, of which period."""

    principal: Principal
    scope: Scope

    def list(self, bureau: str | None, **asked: str | None) -> str | None:
        """The list of the bureau's cases; None where the reader's list holds other cases."""
        if bureau != self.principal.bureau:
            return None
        period = self._period()
        asked = {"leading": "true", "provision": self.scope.provision, **period, **asked}
        return "/desk/cases?" + urlencode({key: each for key, each in asked.items() if each})

    def payments(self, row: answers.FulfilmentRow, progress: str) -> str | None:
        """The list of a row's grants that have come so far, for who leads or fulfils them."""
        own = self.principal.bureau
        if row.payer is None or own not in (row.payer, row.bureau):
            return None
        period = self._period()
        whose = {"lead": row.bureau or ""} if own == row.payer else {"leading": "true"}
        return "/desk/payments?" + urlencode(
            {"progress": progress, "provision": row.provision, **whose, **period}
        )

    def _period(self) -> dict[str, str]:
        return {
            name: str(value)
            for name in ("received_from", "received_to")
            if (value := getattr(self.scope, name))
        }

    def of(self, row: answers.OfProvision, **asked: str) -> str | None:
        """The same of a row."""
        return self.list(row.bureau, provision=row.provision, **asked)


def whose_of(row: answers.OfProvision) -> tuple[Cell, Cell]:
    return Cell(row.bureau_name), Cell(f"({row.measure}){row.title}" if row.measure else row.title)


def cells_of(figures: object, names: Sequence[str]) -> list[Cell]:
    return [Cell(getattr(figures, name)) for name in names]


def total_of(words: int) -> list[Cell]:
    return [Cell("合计"), *[Cell("")] * (words - 1)]
