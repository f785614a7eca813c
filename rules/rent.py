"""Rent due for a month under a lease: months, quarters, years, days and part months.

Exact yuan throughout. Q7: what the contract says is due, else calendar days; Q8: a quarter's
rent is three equal months unless the contract states a daily rate.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from rules.model import Line, Standing
from rules.money import exact, percent, show
from rules.provision import View
from rules.vocabulary import LeaseForm, RentBasis, Use

_MONTHS_IN = {RentBasis.MONTH: 1, RentBasis.QUARTER: 3, RentBasis.YEAR: 12}


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
    absent = []
    if lease.get("lease_form") == LeaseForm.SUBLEASE:
        if lease.get("head_rent") is None:
            absent.append("head_rent")
    elif lease.get("rent") is None and not _stated_everywhere(view) and not _parts_with_rent(lease):
        absent.append("rent")
    if _needs_basis(view) and lease.get("rent_basis") is None:
        absent.append("rent_basis")
    return absent


def asked_months(view: View) -> tuple[str, ...]:
    """The months the applicant asks for; the notice's own where none are named."""
    stated = view.item.get("months")
    return tuple(row["month"] for row in stated) if stated else view.months("rent.months")


def rent_lines(view: View, shares: Mapping[str, str], key: str) -> Iterator[Line]:
    """One line per asked month and part of a lease.

    In: the lease's view, use -> parameter key of the share, the lease's key prefix (Q34).
    Out: lines in exact yuan; months outside the notice are EXCLUDED with their rent shown.
    """
    if rent_facts_missing(view) or not view.item.get("starts_on") or not view.item.get("ends_on"):
        return
    covered = view.months("rent.months")
    paid = "Q9" if view.item.get("rent_paid") else None
    for month in asked_months(view):
        for part_label, use, due in _parts_due(view, month):
            if use not in shares:
                continue
            share = view.number(shares[use])
            label = f"{_month_label(month)}{part_label}"
            if month not in covered:
                yield Line(
                    view.item_id or "",
                    label,
                    due.steps,
                    due.amount * share,
                    Standing.EXCLUDED,
                    reason="month_outside",
                )
                continue
            yield Line(
                view.item_id or "",
                label,
                f"{due.steps} × {percent(share)} = {show(due.amount * share)}",
                due.amount * share,
                key=f"{key}:{month}",
                question=due.question or paid,
            )


def _parts_due(view: View, month: str) -> Iterator[tuple[str, str, Due]]:
    """(label, use, rent due) of each part; a lease without parts is one part."""
    lease = view.item
    use = lease.get("use")
    parts = lease.get("parts") or ()
    if use != Use.MIXED or not parts:
        if use is not None:
            yield "", use, _due(view, month, None)
        return
    if all(part.get("rent") is not None for part in parts):
        for part in parts:
            yield f"（{Use(part['use']).label}）", part["use"], _due(view, month, part["rent"])
        return
    if any(part.get("area") is None for part in parts):
        return
    total = sum((exact(part["area"]) for part in parts), start=Fraction(0))
    whole = _due(view, month, None)
    for part in parts:
        area = exact(part["area"])
        yield (
            f"（{Use(part['use']).label}）",
            part["use"],
            Due(
                whole.amount * area / total,
                f"{whole.steps} × {_plain(area)}/{_plain(total)}㎡",
                "Q6",
            ),
        )


def _due(view: View, month: str, part_rent: str | None) -> Due:
    """Rent due for one month of the lease, or of a part with its own rent per period."""
    lease = view.item
    stated = None if part_rent is not None else _stated(lease, month)
    if stated is not None:
        return Due(exact(stated), show(exact(stated)))
    days, of = covered_days(
        month, date.fromisoformat(lease["starts_on"]), date.fromisoformat(lease["ends_on"])
    )
    if not days:
        return Due(Fraction(0), "租约不含该月 0.00")
    sublet = lease.get("lease_form") == LeaseForm.SUBLEASE
    rent = exact(part_rent or (lease["head_rent"] if sublet else lease["rent"]))
    basis = RentBasis(lease["rent_basis"])
    if basis is RentBasis.DAY:
        return Due(rent * days, f"{show(rent)} × {days}天")
    months = _MONTHS_IN[basis]
    amount, steps = rent / months, show(rent) if months == 1 else f"{show(rent)} ÷ {months}"
    question = None if months == 1 else "Q8"
    if days < of:
        return Due(amount * days / of, f"{steps} × {days}/{of}天", "Q7")
    return Due(amount, steps, question)


def _stated(lease: Mapping[str, Any], month: str) -> str | None:
    rows: Iterable[Mapping[str, Any]] = lease.get("months") or ()
    for row in rows:
        if row["month"] == month and row.get("rent_due") is not None:
            return str(row["rent_due"])
    return None


def _stated_everywhere(view: View) -> bool:
    if view.item.get("use") == Use.MIXED and _parts_with_rent(view.item):
        return False
    return all(_stated(view.item, month) is not None for month in asked_months(view))


def _parts_with_rent(lease: Mapping[str, Any]) -> bool:
    parts = lease.get("parts") or ()
    return lease.get("use") == Use.MIXED and bool(parts) and all(p.get("rent") for p in parts)


def _needs_basis(view: View) -> bool:
    return not _stated_everywhere(view)


def _month_label(month: str) -> str:
    return f"{month[:4]}年{int(month[5:])}月"


def _plain(value: Fraction) -> str:
    return f"{float(value):g}"
