"""A fulfilment as people are shown it: how far it is, how much, and where the money is in a
sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from casework.fulfilment import payment_account
from schemas.payments import Fulfilment
from vocabulary.fulfilment import AccountState, LineState, Progress, ReturnReason, Way

T = TypeVar("T", bound=Fulfilment)

_BEFORE = (
    Progress.PUBLICISED,
    Progress.OBJECTED,
    Progress.UNDER_REVIEW,
    Progress.NO_ACCOUNT,
    Progress.ACCOUNT_UNCONFIRMED,
)
_TO_BE_GIVEN = (None, AccountState.GONE, AccountState.FILED)


def shown(
    kind: Callable[..., T],
    row: Mapping[str, Any],
    names: Callable[[str], str],
    *,
    with_account: bool = True,
    **more: object,
) -> T:
    """`with_account`: its holder, bank and last digits too; `more`: what the `kind` holds beyond a
    fulfilment. Takes the columns of `casework.fulfilment.standing.COLUMNS`, or their JSON.
    """
    progress, way = Progress(row["progress"]), Way(row["way"])
    return kind(
        way=way,
        way_text=way.label,
        bureau=row["bureau"],
        bureau_name=names(row["bureau"]),
        amount=_yuan(row["amount"]),
        settled=_yuan(row["settled"]),
        outstanding=_yuan(row["outstanding"]),
        progress=progress,
        progress_text=progress.label,
        sentence=sentence(row, names(row["bureau"])),
        publicised_until=_day(row["publicised_until"]),
        provisional=row["provisional"],
        account_needed=needs_account(row),
        account_state=row["account_state"] and AccountState(row["account_state"]),
        account=payment_account.masked(row["account"]) if with_account else None,
        **more,
    )


def needs_account(row: Mapping[str, Any]) -> bool:
    """Whether the applicant is to give or confirm an account, or to give another one."""
    progress = Progress(row["progress"])
    if progress in _BEFORE:
        return row["way"] == Way.PAYMENT and row["account_state"] in _TO_BE_GIVEN
    return progress is Progress.RETURNED


def has_arrived(row: Mapping[str, Any]) -> bool:
    """Whether all of it was paid or waived, or taken back since: nothing more is paid."""
    return Progress(row["progress"]) in (Progress.PAID, Progress.WAIVED, Progress.RECLAIMED)


def _asked(row: Mapping[str, Any]) -> str:
    """What the applicant is to do for the account, as the end of a sentence."""
    if not needs_account(row):
        return ""
    is_filed = row["account_state"] == AccountState.FILED
    return "；请确认申报时填写的收款账户，确认后付款" if is_filed else "；请填写收款账户"


def sentence(row: Mapping[str, Any], bureau: str) -> str:  # noqa: PLR0911 -- one for each word
    """Where the money is, in one Chinese sentence for the applicant. Takes the bureau's name."""
    due = f"{_yuan(row['outstanding']):,.2f}元"
    line, until = row["line"] or {}, _day(row["publicised_until"])
    is_waiver = row["way"] == Way.WAIVER
    match Progress(row["progress"]):
        case Progress.PUBLICISED if is_waiver:
            return f"正在公示，至{until}；期满无异议的，由房东单位减免{due}，{bureau}督促落实"
        case Progress.PUBLICISED:
            return f"正在公示，至{until}；期满无异议的，由{bureau}付款{due}{_asked(row)}"
        case Progress.NO_ACCOUNT | Progress.ACCOUNT_UNCONFIRMED:
            waits = _asked(row) or "；收款账户的户名和申报单位不同，承办单位确认后付款"
            return f"公示已满，{bureau}待付{due}{waits}"
        case Progress.ACCOUNT_NEW:
            return f"公示已满，收款账户已填写，满一个完整的工作日后由{bureau}付款{due}"
        case Progress.PAYABLE:
            return f"公示已满，由{bureau}付款{due}"
        case Progress.TOLD:
            return f"公示已满，由房东单位减免{due}，{bureau}督促落实"
        case Progress.EXPORTED:
            return f"{bureau}已将付款送银行，等待银行答复"
        case Progress.RETURNED:
            why = ReturnReason(line["reason"]).label
            return f"银行退回了付款：{why}；请更正收款账户，更正后再次付款"
        case Progress.PAID if line.get("state") == LineState.PAID:
            return f"已付款（{line['answered_on']}）"
        case Progress.PAID | Progress.WAIVED if row["waived_on"]:
            how = "房东单位已减免" if is_waiver else "已另行付款"
            return f"{how}（{row['waived_on']}）"
        case other:
            return _ended(other, row)


def _ended(progress: Progress, row: Mapping[str, Any]) -> str:
    left, excess = _yuan(row["settled"]), -_yuan(row["outstanding"])
    if progress is Progress.RECLAIMED and left > 0:
        return f"已追回一部分，其余{left:,.2f}元仍算已兑现"
    if progress in (Progress.CANCELLED, Progress.STOPPED) and excess > 0:
        return f"{progress.label}；多付的{excess:,.2f}元须退回"
    return progress.label


def line_text(state: str, reason: str | None) -> str:
    """What the bank has said to a line, in Chinese."""
    label = LineState(state).label
    return f"{label}：{ReturnReason(reason).label}" if reason else label


def _yuan(value: Decimal | str) -> Decimal:
    return Decimal(value).quantize(Decimal("0.01"))


def _day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
