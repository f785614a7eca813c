"""The reports of money as tables: granted, paid of that, and what the budgets have left."""

from __future__ import annotations

from typing import Final

from casework.reporting.sheets import Kind
from schemas import reports as answers
from vocabulary.fulfilment import Progress
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

_OVERSPENT: Final = "超支"


def amounts(found: answers.AmountReport, behind: Behind) -> Table:
    """Granted, refused, pending."""
    rest = ("refused", "pending", "pending_amount")

    def granted(row: answers.AmountRow) -> Cell:
        return Cell(row.granted, behind.of(row, granted="true") if row.granted else None)

    return Table(
        "amounts",
        "金额",
        "准予的是生效的认定；在办金额是暂算的，不是承诺。",
        BY_GROUP,
        (
            Column("准予件数"),
            Column("准予金额（元）", Kind.YUAN),
            Column("不予件数"),
            Column("在办件数"),
            Column("在办金额（元）", Kind.YUAN),
        ),
        tuple(
            (*whose_of(row), granted(row), Cell(row.granted_amount), *cells_of(row, rest))
            for row in found.rows
        ),
        3,
        (*total_of(2), *cells_of(found.total, ("granted", "granted_amount", *rest))),
    )


def _stages(found: answers.FulfilmentReport) -> list[str]:
    """The columns: how far grants have come, in the order of their way."""
    return [*found.total.cases]


def _stage_name(code: str) -> str:
    return Progress(code).label if code in {*Progress} else "没有款项"


def fulfilment(found: answers.FulfilmentReport, behind: Behind) -> Table:
    """Grants by how far they have come; the columns add up to what is granted."""
    stages = _stages(found)

    def cells(row: answers.FulfilmentRow) -> list[Cell]:
        return [
            Cell(row.cases[each], behind.payments(row, each) if row.cases[each] else None)
            for each in stages
        ]

    return Table(
        "fulfilment",
        "兑现（件）",
        "生效的准予，含复核中的；每件只计一次，各列相加等于准予。",
        (*BY_GROUP, "兑现单位"),
        tuple(Column(each) for each in ("准予", *map(_stage_name, stages))),
        tuple(
            (*whose_of(row), Cell(row.payer_name), Cell(row.granted), *cells(row))
            for row in found.rows
        ),
        3 + 1 + stages.index(Progress.PAID),
        (
            *total_of(3),
            Cell(found.total.granted),
            *(Cell(found.total.cases[each]) for each in stages),
        ),
    )


def fulfilment_amounts(found: answers.FulfilmentReport) -> Table:
    """The same in yuan."""
    stages = _stages(found)
    beside = ("settled_amount", "excess_amount", "reclaimed_amount")

    def cells(sums: answers.FulfilmentSums) -> list[Cell]:
        return [
            Cell(sums.granted_amount),
            *(Cell(sums.amounts[each]) for each in stages),
            *cells_of(sums, beside),
        ]

    return Table(
        "fulfilment-amounts",
        "兑现（元）",
        "已兑现的部分计入已付款、已减免两列，其余按进度，各列相加等于准予；"
        "最后三列另计：实际兑现减去追回，认定已变更的也计入。",
        (*BY_GROUP, "兑现单位"),
        tuple(
            Column(each, Kind.YUAN)
            for each in ("准予", *map(_stage_name, stages), "实际兑现", "须追回", "已追回")
        ),
        tuple((*whose_of(row), Cell(row.payer_name), *cells(row)) for row in found.rows),
        3 + 1 + stages.index(Progress.PAID),
        (*total_of(3), *cells(found.total)),
    )


def budgets(found: answers.BudgetReport) -> Table:
    """How far the budgets have gone."""
    names = (
        "granted",
        "granted_amount",
        "settled_amount",
        "left",
        "pending_amount",
        "pace",
        "used_up_on",
    )
    return Table(
        "budgets",
        "预算",
        "各单位合用，总是全部单位、全部时间的合计，不按上面的条件筛选。预算是本地设定的数。",
        ("措施",),
        (
            Column("预算（元）", Kind.YUAN),
            Column("准予件数"),
            Column("已准予（元）", Kind.YUAN),
            Column("已兑现（元）", Kind.YUAN),
            Column("余额（元）", Kind.YUAN, below_zero=_OVERSPENT),
            Column("在办（元）", Kind.YUAN),
            Column("近20个工作日日均（元）", Kind.YUAN),
            Column("照此用完", Kind.DAY),
        ),
        tuple(
            (Cell(f"({row.measure})"), Cell(row.budget), *cells_of(row, names))
            for row in found.rows
        ),
        5,
    )


def burn_down(found: answers.BudgetReport) -> Table:
    """What was granted of each budget, paid of that, and left, day by day."""
    whole = {row.measure: row.budget for row in found.rows}
    return Table(
        "burn-down",
        "预算余额",
        "每个有准予、付款、减免或者追回的日子结束时的数。余额是预算减去准予。",
        ("措施", "日期"),
        (
            Column("累计准予（元）", Kind.YUAN),
            Column("累计兑现（元）", Kind.YUAN),
            Column("余额（元）", Kind.YUAN, below_zero=_OVERSPENT),
        ),
        tuple(
            (
                Cell(f"({each.measure})"),
                Cell(each.day),
                Cell(each.granted_amount),
                Cell(each.settled_amount),
                Cell(whole[each.measure] - each.granted_amount),
            )
            for each in found.days
        ),
        4,
    )
