"""The columns that a list of cases can show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from vocabulary.exports import ExportColumn


class Column(NamedTuple):
    """`sort`: the order that its head leads to; `is_first`: shown by itself."""

    code: str
    title: str
    sort: str = ""
    is_first: bool = True


EVERY: Final = (
    Column("due", "期限", "due"),
    Column("receipt", "受理编号", "received"),
    Column("provision", "措施"),
    Column("amount", "金额（元）", "amount"),
    Column("waits", "还要认定"),
    Column("hints", "提示"),
    Column("standing", "状态", "state"),
    Column("assignee", "经办"),
    Column("contact", "联系人", is_first=False),
    Column("received", "受理时间", is_first=False),
    Column("identity", "身份核实", is_first=False),
)
_IN_NO_FILE: Final = ("hints", "contact")
_BY_CODE: Final = {each.code: each for each in EVERY}


class Chosen(NamedTuple):
    """Columns to be shown, and codes that are none (any more)."""

    columns: tuple[Column, ...]
    unknown: tuple[str, ...]

    @property
    def exported(self) -> tuple[str, ...]:
        """Those of which a file of the list has something to tell."""
        return tuple(each.code for each in self.columns if each.code in set(ExportColumn))

    @property
    def left_out(self) -> tuple[Column, ...]:
        """Those that no file holds: contacts leave in none, hints hold for the moment."""
        return tuple(each for each in self.columns if each.code in _IN_NO_FILE)


def chosen(codes: Sequence[str] | None) -> Chosen:
    """The columns that somebody has chosen, in the order of the list; None: those shown first."""
    if codes is None:
        return Chosen(tuple(each for each in EVERY if each.is_first), ())
    known = tuple(each for each in EVERY if each.code in codes)
    unknown = tuple(code for code in codes if code not in _BY_CODE)
    return Chosen(known or chosen(None).columns, unknown)
