"""The reports as tables: the same rows for the page, its charts and its files.

A figure leads to the list behind it where the list can ask for exactly that: the bureau's own
cases, received in the period.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas import reports as answers
from vocabulary.cases import Grade
from vocabulary.outcomes import Outcome
from web.desk import money_tables
from web.desk.report_shapes import (
    BY_GROUP,
    Behind,
    Cell,
    Column,
    Table,
    cells_of,
    total_of,
    whose_of,
)


def intake(found: answers.IntakeReport, behind: Behind) -> Table:
    """By provision, with the way in."""
    kinds = ("applications", "form", "batch", "import_")
    return Table(
        "intake",
        "受理",
        "按受理日期。",
        BY_GROUP,
        tuple(Column(each) for each in ("件数", "表单", "批量接口", "导入")),
        tuple(
            (
                *whose_of(row),
                Cell(row.applications, behind.of(row)),
                *cells_of(row, kinds[1:]),
            )
            for row in found.rows
        ),
        2,
        (*total_of(2), *cells_of(found.total, kinds)),
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
        (*total_of(1), Cell(found.total.applications)),
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
        BY_GROUP,
        tuple(Column(each) for each in ("件数", *(code.label for code in codes), "未核对")),
        tuple((*whose_of(row), *cells(row)) for row in found.rows),
        2,
        (
            *total_of(2),
            Cell(total.applications),
            *(Cell(total.outcomes[code]) for code in codes),
            Cell(total.outcomes["none"]),
        ),
    )


def times(found: answers.TimeReport, promised: int) -> Table:
    """Working days to the decision, beside the promise."""
    names = ("decided", "automatic", "mean", "median", "p90", "longest")
    return Table(
        "times",
        "办理用时（工作日）",
        f"自受理到由人首次决定，补正期间计入。认定期限{promised}个工作日是本地做法，通知没有规定。",
        BY_GROUP,
        tuple(
            Column(each)
            for each in ("由人决定（件）", "自动得出（件）", "平均", "中位", "九成不超过", "最长")
        ),
        tuple((*whose_of(row), *cells_of(row, names)) for row in found.rows),
        5,
        (*total_of(2), *cells_of(found.total, names)),
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
        (*total_of(2), *cells_of(found.total, ("overdue", "longest"))),
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
        tuple((Cell(row.bureau_name), *cells_of(row, names)) for row in found.rows),
        2,
        (*total_of(1), *cells_of(found.total, names)),
    )


def satisfaction(found: answers.SatisfactionReport) -> Table:
    """Grades."""
    names = ("rated", "mean", *(grade.name.lower() for grade in Grade))
    return Table(
        "satisfaction",
        "满意度",
        "申报单位自愿评价，满分5分。",
        BY_GROUP,
        tuple(Column(each) for each in ("评价人次", "平均分", *(grade.label for grade in Grade))),
        tuple((*whose_of(row), *cells_of(row, names)) for row in found.rows),
        3,
        (*total_of(2), *cells_of(found.total, names)),
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
        tuple((Cell(row.name), *cells_of(row, names)) for row in found.rows),
        1,
        (*total_of(1), *cells_of(found.total, names)),
    )


def tables(found: Mapping[str, Any], behind: Behind, promised: int) -> list[Table]:
    """All of them, in the order of the page; `promised`: working days until a determination."""
    return [
        intake(found["intake"], behind),
        days(found["intake"], behind),
        outcomes(found["outcomes"], behind),
        money_tables.amounts(found["amounts"], behind),
        money_tables.fulfilment(found["fulfilment"], behind),
        money_tables.fulfilment_amounts(found["fulfilment"]),
        money_tables.budgets(found["budgets"]),
        money_tables.burn_down(found["budgets"]),
        times(found["times"], promised),
        overdue(found["overdue"], behind),
        visits(found["visits"]),
        satisfaction(found["satisfaction"]),
        senders(found["senders"]),
    ]
