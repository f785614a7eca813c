"""Rent due for a month under a lease: months, quarters, years, days and part months.

Exact yuan throughout. Q7: what the contract says is due, else calendar days; Q8: a quarter's
rent is three equal months unless the contract states a daily rate; Q10: of a sublease the state
owner's own rent, never more than the tenant's; Q32: rent without property and heating fees.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from rules.model import Line, Standing
from rules.money import exact, percent, show
from rules.provision import View
from rules.vocabulary import LeaseForm, RentBasis, Use

_MONTHS_IN = {RentBasis.MONTH: 1, RentBasis.QUARTER: 3, RentBasis.YEAR: 12}
_NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class Due:
    """Rent due for one month: exact yuan, its arithmetic, the question it rests on."""

    amount: Fraction
    steps: str
    question: str | None = None


def covered_days(month: str, start: date, end: date) -> tuple[int, int]:
    """(days of ``"2020-03"`` within start..end, days of that month)."""
    year, number = int(month[:4]), int(month[5:])
    days = monthrange(year, number)[1]
    first, last = max(start, date(year, number, 1)), min(end, date(year, number, days))
    return max(0, (last - first).days + 1), days


def rent_facts_missing(view: View) -> list[str]:
    """Names of the lease's facts without which its rent cannot be computed."""
    lease = view.item
    absent = [] if lease.get("use") else ["use"]
    mixed = lease.get("use") == Use.MIXED
    own_parts = mixed and _all_given(lease, "rent")
    if mixed and _weights(lease) is None:
        absent.append("parts")
    sublet = lease.get("lease_form") == LeaseForm.SUBLEASE
    if sublet or not _stated_everywhere(view):
        needed = ["starts_on", "ends_on", "rent_basis"]
        if sublet:
            needed.append("head_rent")
        elif not own_parts:
            needed.append("rent")
        absent += [name for name in needed if lease.get(name) is None]
    if lease.get("fees_included") and lease.get("other_fees") is None:
        absent.append("other_fees")
    return absent


def asked_months(view: View) -> tuple[str, ...]:
    """The months the applicant asks for; the notice's own where none are named."""
    stated = view.item.get("months")
    return tuple(row["month"] for row in stated) if stated else view.months("rent.months")


def rent_lines(view: View, shares: Mapping[str, str], key: str) -> Iterator[Line]:
    """One line per asked month and part of a lease.

    In: the lease's view, use -> parameter key of the share, the lease's key prefix (Q34).
    Out: lines in exact yuan, less what the month was already relieved of; months outside the
    notice are EXCLUDED with their rent shown.
    """
    if rent_facts_missing(view):
        return
    covered = view.months("rent.months")
    paid = "Q9" if view.item.get("rent_paid") else None
    for month in asked_months(view):
        relieved = exact(_row(view.item, month).get("relief_received") or "0")
        for part, use, due in _parts_due(view.item, month):
            if use not in shares:
                continue
            share = view.number(shares[use])
            whole = due.amount * share
            less = min(relieved, whole) if relieved else _NOTHING
            relieved -= less
            amount = whole - less if less else whole
            minus = f" － 已减免{show(less)}" if less else ""
            outside = month not in covered
            yield Line(
                view.item_id or "",
                month_label(month) + part,
                f"{due.steps} × {percent(share)}{minus} = {show(amount)}",
                amount,
                Standing.EXCLUDED if outside else Standing.COUNTED,
                key=None if outside else f"{key}:{month}",
                reason=outside_reason(view, month) if outside else None,
                question=due.question or ("Q34" if less else paid),
            )


def month_label(month: str) -> str:
    """``"2020-03"`` -> ``"2020年3月"``."""
    return f"{month[:4]}年{int(month[5:])}月"


def outside_reason(view: View, month: str) -> str:
    """The sentence for a month the notice does not cover; February belongs to earlier rules."""
    return "february" if month in view.months("rent.earlier_months") else "month_outside"


def _parts_due(lease: Mapping[str, Any], month: str) -> Iterator[tuple[str, str, Due]]:
    """(label, use, rent due) of each part; a lease without mixed use is one part."""
    if lease["use"] != Use.MIXED:
        yield "", lease["use"], _due(lease, month)
        return
    own_rents = (
        _all_given(lease, "rent")
        and _stated(lease, month) is None
        and lease.get("lease_form") != LeaseForm.SUBLEASE
    )
    weights = None if own_rents else _weights(lease)
    whole = None if own_rents else _due(lease, month)
    for position, part in enumerate(lease["parts"]):
        label = f"（{Use(part['use']).label}）"
        if whole is None or weights is None:
            yield label, part["use"], _by_contract(lease, month, exact(part["rent"]))
            continue
        by_area, shares = weights
        of, total = shares[position], sum(shares, start=_NOTHING)
        unit = "㎡" if by_area else ""
        yield (
            label,
            part["use"],
            Due(
                whole.amount * of / total,
                f"{whole.steps} × {_plain(of)}/{_plain(total)}{unit}",
                "Q6" if by_area else whole.question,
            ),
        )


def _due(lease: Mapping[str, Any], month: str) -> Due:
    """Rent due for one month of the whole lease, without other fees."""
    if lease.get("lease_form") != LeaseForm.SUBLEASE:
        return _own_due(lease, month)
    head = _by_contract(lease, month, exact(lease["head_rent"]))
    if lease.get("rent") is None and _stated(lease, month) is None:
        return head
    own = _own_due(lease, month)
    return head if head.amount <= own.amount else own


def _own_due(lease: Mapping[str, Any], month: str) -> Due:
    stated = _stated(lease, month)
    if stated is not None:
        return Due(stated, show(stated))
    rent, fees = exact(lease["rent"]), exact(lease.get("other_fees") or "0")
    if not lease.get("fees_included") or not fees:
        return _by_contract(lease, month, rent)
    due = _by_contract(lease, month, max(_NOTHING, rent - fees))
    return Due(due.amount, f"（含费租金{show(rent)} － 其他费用{show(fees)}）{due.steps}", "Q32")


def _by_contract(lease: Mapping[str, Any], month: str, rent: Fraction) -> Due:
    """A rent per period of the lease -> what it makes due for one month."""
    days, of = covered_days(
        month, date.fromisoformat(lease["starts_on"]), date.fromisoformat(lease["ends_on"])
    )
    if not days:
        return Due(_NOTHING, "租约不含该月 0.00")
    basis = RentBasis(lease["rent_basis"])
    if basis is RentBasis.DAY:
        return Due(rent * days, f"{show(rent)} × {days}天")
    months = _MONTHS_IN[basis]
    amount, steps = rent / months, show(rent) if months == 1 else f"{show(rent)} ÷ {months}"
    if days < of:
        return Due(amount * days / of, f"{steps} × {days}/{of}天", "Q7")
    return Due(amount, steps, None if months == 1 else "Q8")


def _row(lease: Mapping[str, Any], month: str) -> Mapping[str, Any]:
    rows: list[Mapping[str, Any]] = lease.get("months") or []
    return next((row for row in rows if row["month"] == month), {})


def _stated(lease: Mapping[str, Any], month: str) -> Fraction | None:
    stated = _row(lease, month).get("rent_due")
    return None if stated is None else exact(stated)


def _stated_everywhere(view: View) -> bool:
    return all(_stated(view.item, month) is not None for month in asked_months(view))


def _all_given(lease: Mapping[str, Any], name: str) -> bool:
    parts = lease.get("parts") or ()
    return bool(parts) and all(part.get(name) is not None for part in parts)


def _weights(lease: Mapping[str, Any]) -> tuple[bool, list[Fraction]] | None:
    """(by area?, weight of each part): the parts' own rents, else their areas, else None."""
    for name in ("rent", "area"):
        if _all_given(lease, name):
            weights = [exact(part[name]) for part in lease["parts"]]
            if any(weights):
                return name == "area", weights
    return None


def _plain(value: Fraction) -> str:
    return f"{float(value):g}"
