"""The reports as tables: the same rows for the page, its charts and its files.

A figure leads to the list behind it where the list can ask for exactly that: the bureau's own
cases, received in the period.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from casework.people.access import Principal
from casework.reporting.scope import Scope
from casework.reporting.sheets import Kind
from schemas import reports as answers
from vocabulary.cases import Grade
from vocabulary.outcomes import Outcome

Value = str | int | Decimal | date | None


class Column(NamedTuple):
    """`kind`: as in files; a whole number stands as text there."""

    title: str
    kind: Kind = Kind.TEXT
    is_figure: bool = True


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

    @property
    def columns(self) -> tuple[Column, ...]:
        """All of them."""
        return (*(Column(each, is_figure=False) for each in self.words), *self.figures)


_BY_GROUP: Final = ("牵头单位", "措施")


@dataclass(frozen=True, slots=True)
class Behind:
    """Addresses of lists of cases: for whom, of which period."""

    principal: Principal
    scope: Scope

    def list(self, bureau: str | None, **asked: str | None) -> str | None:
        """The list of the bureau's cases; None where the reader's list holds other cases."""
        if bureau != self.principal.bureau:
            return None
        period = {
            name: str(value)
            for name in ("received_from", "received_to")
            if (value := getattr(self.scope, name))
        }
        asked = {"leading": "true", "provision": self.scope.provision, **period, **asked}
        return "/desk/cases?" + urlencode({key: each for key, each in asked.items() if each})

    def of(self, row: answers.OfProvision, **asked: str) -> str | None:
        """The same of a row."""
        return self.list(row.bureau, provision=row.provision, **asked)


def intake(found: answers.IntakeReport, behind: Behind) -> Table:
    """By provision, with the way in."""
    kinds = ("applications", "form", "batch", "import_")
    return Table(
        "intake",
        "受理",
        "按受理日期。",
        _BY_GROUP,
        tuple(Column(each) for each in ("件数", "表单", "批量接口", "导入")),
        tuple(
            (
                *_whose(row),
                Cell(row.applications, behind.of(row)),
                *_cells(row, kinds[1:]),
            )
            for row in found.rows
        ),
        2,
        (*_total(2), *_cells(found.total, kinds)),
    )


def days(found: answers.IntakeReport, behind: Behind) -> Table:
    """By day of receipt."""
    own = behind.principal.bureau if behind.scope.bureau else None
    return Table(
        "days",
        "每天受理",
        "没有受理的日子不列。",
        ("日期",),
        (Column("件数"),),
        tuple(
            (
                Cell(each.day),
                Cell(
                    each.applications,
                    behind.list(own, received_from=str(each.day), received_to=str(each.day)),
                ),
            )
            for each in found.days
        ),
        1,
        (*_total(1), Cell(found.total.applications)),
    )


def outcomes(found: answers.OutcomeReport, behind: Behind) -> Table:
    """By provision and outcome."""
    codes = [*Outcome]

    def cells(row: answers.OutcomeRow) -> list[Cell]:
        counted = [
            Cell(
                row.outcomes[code],
                behind.of(row, outcome=code.value) if row.outcomes[code] else None,
            )
            for code in codes
        ]
        return [Cell(row.applications, behind.of(row)), *counted, Cell(row.outcomes["none"])]

    total = found.total
    return Table(
        "outcomes",
        "核对结果",
        "规则核对的结果，不是认定。",
        _BY_GROUP,
        tuple(Column(each) for each in ("件数", *(code.label for code in codes), "未核对")),
        tuple((*_whose(row), *cells(row)) for row in found.rows),
        2,
        (
            *_total(2),
            Cell(total.applications),
            *(Cell(total.outcomes[code]) for code in codes),
            Cell(total.outcomes["none"]),
        ),
    )


def amounts(found: answers.AmountReport, behind: Behind) -> Table:
    """Granted, refused, pending."""
    rest = ("refused", "pending", "pending_amount")

    def granted(row: answers.AmountRow) -> Cell:
        return Cell(row.granted, behind.of(row, granted="true") if row.granted else None)

    return Table(
        "amounts",
        "金额",
        "准予的是生效的认定；在办金额是暂算的，不是承诺。",
        _BY_GROUP,
        (
            Column("准予件数"),
            Column("准予金额（元）", Kind.YUAN),
            Column("不予件数"),
            Column("在办件数"),
            Column("在办金额（元）", Kind.YUAN),
        ),
        tuple(
            (*_whose(row), granted(row), Cell(row.granted_amount), *_cells(row, rest))
            for row in found.rows
        ),
        3,
        (*_total(2), *_cells(found.total, ("granted", "granted_amount", *rest))),
    )


def times(found: answers.TimeReport, promised: int) -> Table:
    """Working days to the decision, beside the promise."""
    names = ("decided", "automatic", "mean", "median", "p90", "longest")
    return Table(
        "times",
        "办理用时（工作日）",
        f"自受理到由人首次决定，补正期间计入。认定期限{promised}个工作日是本地做法，通知没有规定。",
        _BY_GROUP,
        tuple(
            Column(each)
            for each in ("由人决定（件）", "自动得出（件）", "平均", "中位", "九成不超过", "最长")
        ),
        tuple((*_whose(row), *_cells(row, names)) for row in found.rows),
        5,
        (*_total(2), *_cells(found.total, names)),
    )


def overdue(found: answers.OverdueReport, behind: Behind) -> Table:
    """What is late now."""
    is_whole = not any(
        (behind.scope.provision, behind.scope.received_from, behind.scope.received_to)
    )
    return Table(
        "overdue",
        "现在逾期",
        "期限均为本地做法，通知没有规定。列表里一件有几项逾期的只列一次。",
        ("单位", "事项"),
        (Column("逾期"), Column("最长超（工作日）")),
        tuple(
            (
                Cell(row.bureau_name),
                Cell(row.promise_text),
                Cell(
                    row.overdue,
                    "/desk/cases?overdue=true&sort=due"
                    if is_whole and row.bureau == behind.principal.bureau
                    else None,
                ),
                Cell(row.longest),
            )
            for row in found.rows
        ),
        2,
        (*_total(2), *_cells(found.total, ("overdue", "longest"))),
    )


def visits(found: answers.VisitCoverageReport) -> Table:
    """Enterprises visited."""
    names = ("enterprises", "visited", "met", "planned", "late", "unplanned", "coverage")
    return Table(
        "visits",
        "走访覆盖（家）",
        "同一企业在每个牵头单位各计一次。",
        ("单位",),
        tuple(
            Column(each)
            for each in (
                "应走访",
                "已走访",
                "见到企业",
                "已安排",
                "已过日期",
                "未安排",
                "覆盖率（%）",
            )
        ),
        tuple((Cell(row.bureau_name), *_cells(row, names)) for row in found.rows),
        2,
        (*_total(1), *_cells(found.total, names)),
    )


def satisfaction(found: answers.SatisfactionReport) -> Table:
    """Grades."""
    names = ("rated", "mean", *(grade.name.lower() for grade in Grade))
    return Table(
        "satisfaction",
        "满意度",
        "申报单位自愿评价，满分5分。",
        _BY_GROUP,
        tuple(Column(each) for each in ("评价人次", "平均分", *(grade.label for grade in Grade))),
        tuple((*_whose(row), *_cells(row, names)) for row in found.rows),
        3,
        (*_total(2), *_cells(found.total, names)),
    )


def budgets(found: answers.BudgetReport) -> Table:
    """How far the budgets have gone."""
    names = ("granted", "granted_amount", "left", "pending_amount", "pace", "used_up_on")
    return Table(
        "budgets",
        "预算",
        "各单位合用，总是全部单位、全部时间的合计，不按上面的条件筛选。预算是本地设定的数。",
        ("措施",),
        (
            Column("预算（元）", Kind.YUAN),
            Column("准予件数"),
            Column("已准予（元）", Kind.YUAN),
            Column("余额（元）", Kind.YUAN),
            Column("在办（元）", Kind.YUAN),
            Column("近20个工作日日均（元）", Kind.YUAN),
            Column("照此用完", Kind.DAY),
        ),
        tuple(
            (Cell(f"({row.measure})"), Cell(row.budget), *_cells(row, names)) for row in found.rows
        ),
        4,
    )


def burn_down(found: answers.BudgetReport) -> Table:
    """What was left of each budget, day by day."""
    whole = {row.measure: row.budget for row in found.rows}
    return Table(
        "burn-down",
        "预算余额",
        "每个有准予的日子结束时的余额。",
        ("措施", "日期"),
        (Column("累计准予（元）", Kind.YUAN), Column("余额（元）", Kind.YUAN)),
        tuple(
            (
                Cell(f"({each.measure})"),
                Cell(each.day),
                Cell(each.granted_amount),
                Cell(whole[each.measure] - each.granted_amount),
            )
            for each in found.days
        ),
        3,
    )


def senders(found: answers.SenderReport) -> Table:
    """By sending system."""
    names = ("applications", "granted", "refused", "pending")
    return Table(
        "senders",
        "申报渠道",
        "网上平台等用申报渠道令牌提交的；测试件不计。",
        ("申报渠道",),
        tuple(Column(each) for each in ("件数", "准予", "不予", "在办")),
        tuple((Cell(row.name), *_cells(row, names)) for row in found.rows),
        1,
        (*_total(1), *_cells(found.total, names)),
    )


def tables(found: Mapping[str, Any], behind: Behind, promised: int) -> list[Table]:
    """All of them, in the order of the page; `promised`: working days until a determination."""
    return [
        intake(found["intake"], behind),
        days(found["intake"], behind),
        outcomes(found["outcomes"], behind),
        amounts(found["amounts"], behind),
        budgets(found["budgets"]),
        burn_down(found["budgets"]),
        times(found["times"], promised),
        overdue(found["overdue"], behind),
        visits(found["visits"]),
        satisfaction(found["satisfaction"]),
        senders(found["senders"]),
    ]


def _whose(row: answers.OfProvision) -> tuple[Cell, Cell]:
    return Cell(row.bureau_name), Cell(f"({row.measure}){row.title}" if row.measure else row.title)


def _cells(figures: object, names: Sequence[str]) -> list[Cell]:
    return [Cell(getattr(figures, name)) for name in names]


def _total(words: int) -> list[Cell]:
    return [Cell("合计"), *[Cell("")] * (words - 1)]
