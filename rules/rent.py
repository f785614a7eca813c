"""Rent due for a month under a lease: months, quarters, years, days and part months.

Exact yuan throughout. Q7: what the contract says is due, else calendar days; Q8: a quarter's
rent is three equal months unless the contract states a daily rate; Q10: of a sublease the state
owner's own rent, never more than the tenant's; Q32: rent without property and heating fees.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from math import inf
from typing import Any, NamedTuple

from rules.keys import identity, lease_particulars, leases_at, rent_key, shared_leases
from rules.model import COUNTED, EXCLUDED, Case, Line, Share
from rules.money import Exact, exact, percent, ratio, show
from rules.provision import View
from vocabulary.forms import LeaseForm, RentBasis, Use

Lease = Mapping[str, Any]
Month = Mapping[str, Any]
"""What a lease states of one month: ``month``, perhaps ``rent_due`` and ``relief_received``."""

SHARES = {
    Use.PRODUCTION: "m01.waiver_production",
    Use.TEACHING: "m01.waiver_production",
    Use.OFFICE: "m01.waiver_office",
}
"""Use -> the parameter of the share of rent that (一), first paragraph, waives. Teaching rooms of a
firm that is not (三)'s are rooms it produces in."""
PARAMETERS = ("rent.months", *dict.fromkeys(SHARES.values()))

_MONTHS_IN = {RentBasis.MONTH: 1, RentBasis.QUARTER: 3, RentBasis.YEAR: 12}
_DAYS_OF_A_QUARTER, _DAYS_OF_A_YEAR = 90, 365
"""The shortest there are."""


class Due(NamedTuple):
    """Rent due for one month: exact yuan, its arithmetic, the question it rests on."""

    amount: Exact
    steps: str
    question: str | None = None


_NOT_LEASED = Due(0, "租约不含该月 0.00")


def covered_days(month: str, start: date, end: date) -> tuple[int, int]:
    """(days of ``"2020-03"`` within start..end, days of that month)."""
    opening, closing = _bounds(month)
    first, last = max(start, opening), min(end, closing)
    return max(0, (last - first).days + 1), closing.day


def leased(lease: Lease, month: str) -> bool:
    """Whether a lease, as far as its term is given, covers a day of ``"2020-03"``."""
    start, end = lease.get("starts_on"), lease.get("ends_on")
    first = date.fromisoformat(start) if start else date.min
    last = date.fromisoformat(end) if end else date.max
    return covered_days(month, first, last)[0] > 0


@lru_cache(maxsize=256)
def _bounds(month: str) -> tuple[date, date]:
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, 1), date(year, number, monthrange(year, number)[1])


def rent_facts_missing(view: View) -> list[str]:
    """Names of the lease's facts without which its rent cannot be computed."""
    lease = view.item
    absent = [] if lease.get("use") else ["use"]
    mixed = lease.get("use") == Use.MIXED
    own_parts = mixed and _all_given(lease, "rent")
    if mixed and _weights(lease) is None:
        absent.append("parts")
    sublet = lease.get("lease_form") == LeaseForm.SUBLEASE
    if sublet or any(row.get("rent_due") is None for row in _asked(view)):
        needed = ["starts_on", "ends_on", "rent_basis"]
        if sublet:
            needed.append("head_rent")
        elif not own_parts:
            needed.append("rent")
        absent += [name for name in needed if lease.get(name) is None]
    if lease.get("fees_included") and lease.get("other_fees") is None:
        absent.append("other_fees")
    if lease.get("fees_included") is None and exact(lease.get("other_fees") or "0"):
        absent.append("fees_included")
    return absent


def asked_months(view: View) -> tuple[str, ...]:
    """The months the applicant asks for; the notice's own where none are named."""
    stated = view.item.get("months")
    return tuple([row["month"] for row in stated]) if stated else view.months("rent.months")


def waived_rent(*uses: Use) -> Callable[[View], Iterator[Line]]:
    """The arithmetic of a provision that waives the rent of these uses, one lease at a time."""
    shares: Mapping[str, str] = {use: SHARES[use] for use in uses}
    return lambda view: _waived(view, shares)


def _waived(view: View, shares: Mapping[str, str]) -> Iterator[Line]:
    """One line per asked month and part of a lease, in exact yuan.

    Less what the month was already relieved of; months outside the notice are EXCLUDED with their
    rent shown.
    """
    if rent_facts_missing(view):
        return
    key = rent_key(view.enterprise, view.item)
    covered = view.months("rent.months")
    paid = "Q9" if view.item.get("rent_paid") else None
    for row in _asked(view):
        month, relieved = row["month"], exact(row.get("relief_received") or "0")
        told_by = lease_particulars(view.item, row)
        for part, use, due in _parts_due(view.item, row):
            outside = month not in covered
            if use not in shares:
                if part:
                    why = outside_reason(view, month) if outside else "other_use"
                    yield _not_relieved(view, month_label(month) + part, due, why)
                continue
            share = view.number(shares[use])
            whole = due.amount * share
            less = min(relieved, whole) if relieved else 0
            relieved -= less
            amount = whole - less if less else whole
            minus = _relief(exact(row["relief_received"]), less) if less else ""
            yield Line(
                view.item_id or "",
                month_label(month) + part,
                f"{due.steps} × {percent(share)}{minus} = {show(amount)}",
                amount,
                EXCLUDED if outside else COUNTED,
                key=None if outside else f"{key}:{month}",
                reason=outside_reason(view, month) if outside else _why_nothing(due, amount),
                question=due.question or ("Q34" if less else paid),
                particulars=told_by,
            )


def _not_relieved(view: View, label: str, due: Due, reason: str) -> Line:
    """The rent of a part of a lease whose use the provision does not speak of."""
    return Line(view.item_id or "", label, due.steps, due.amount, EXCLUDED, reason=reason)


def _relief(declared: Exact, less: Exact) -> str:
    """What a month was relieved of before, as declared, and how much of it this line takes."""
    if less == declared:
        return f" － 已获减免{show(less)}"
    return f" － 已获减免{show(less)}（填报共{show(declared)}）"


def _why_nothing(due: Due, amount: Exact) -> str | None:
    """The sentence that says why a month comes to nothing."""
    if amount:
        return None
    if due.amount:
        return "relieved_already"
    return "no_lease" if due is _NOT_LEASED else "rent_free"


def same_leases(case: Case) -> tuple[str, ...]:
    """Keys of a tenant's leases by their address."""
    return leases_at(case.enterprise, case.facts.get("leases") or ())


def whose_leases(case: Case) -> tuple[Share, ...]:
    """A tenant's leases, as another may name them."""
    return shared_leases(case.facts.get("leases") or (), identity(case.enterprise))


def month_label(month: str) -> str:
    """``"2020-03"`` -> ``"2020年3月"``."""
    return f"{month[:4]}年{int(month[5:])}月"


def outside_reason(view: View, month: str) -> str:
    """The sentence for a month the notice does not cover; February belongs to earlier rules."""
    return "february" if month in view.months("rent.earlier_months") else "month_outside"


def _asked(view: View) -> Sequence[Month]:
    """What is stated of each asked month; of the notice's own months nothing but their names."""
    stated: Sequence[Month] = view.item.get("months") or ()
    return stated or [{"month": month} for month in view.months("rent.months")]


def _parts_due(lease: Lease, row: Month) -> Iterator[tuple[str, str, Due]]:
    """(label, use, rent due) of each part; a lease without mixed use is one part."""
    if lease["use"] != Use.MIXED:
        yield "", lease["use"], _due(lease, row)
        return
    own_rents = (
        _all_given(lease, "rent")
        and row.get("rent_due") is None
        and lease.get("lease_form") != LeaseForm.SUBLEASE
    )
    weights = None if own_rents else _weights(lease)
    whole = None if own_rents else _due(lease, row)
    for position, part in enumerate(lease["parts"]):
        label = f"（{Use(part['use']).label}）"
        if whole is None or weights is None:
            yield label, part["use"], _by_contract(lease, row, exact(part["rent"]))
            continue
        by_area, shares = weights
        of, total = shares[position], sum(shares)
        unit = "㎡" if by_area else ""
        yield (
            label,
            part["use"],
            Due(
                ratio(whole.amount * of, total),
                f"{whole.steps} × {_plain(of)}/{_plain(total)}{unit}",
                "Q6" if by_area else whole.question,
            ),
        )


def _due(lease: Lease, row: Month) -> Due:
    """Rent due for one month of the whole lease, without other fees."""
    if lease.get("lease_form") != LeaseForm.SUBLEASE:
        return _own_due(lease, row)
    head = _by_contract(lease, row, exact(lease["head_rent"]))
    if lease.get("rent") is None and row.get("rent_due") is None:
        return head
    own = _own_due(lease, row)
    return head if head.amount <= own.amount else own


def _own_due(lease: Lease, row: Month) -> Due:
    if row.get("rent_due") is not None:
        stated = exact(row["rent_due"])
        return Due(stated, show(stated)) if leased(lease, row["month"]) else _NOT_LEASED
    rent, fees = exact(lease["rent"]), exact(lease.get("other_fees") or "0")
    if not lease.get("fees_included") or not fees:
        return _by_contract(lease, row, rent)
    due = _by_contract(lease, row, max(0, rent - fees))
    return Due(due.amount, f"（含费租金{show(rent)} － 其他费用{show(fees)}）{due.steps}", "Q32")


def _by_contract(lease: Lease, row: Month, rent: Exact) -> Due:
    """A rent per period of the lease -> what it makes due for one month."""
    days, of = covered_days(
        row["month"], date.fromisoformat(lease["starts_on"]), date.fromisoformat(lease["ends_on"])
    )
    if not days:
        return _NOT_LEASED
    basis = RentBasis(lease["rent_basis"])
    if basis is RentBasis.DAY:
        return Due(rent * days, f"{show(rent)} × {days}天")
    months = _MONTHS_IN[basis]
    amount, steps = ratio(rent, months), show(rent) if months == 1 else f"{show(rent)} ÷ {months}"
    if days < of:
        return Due(ratio(amount * days, of), f"{steps} × {days}/{of}天", "Q7")
    return Due(amount, steps, None if months == 1 else "Q8")


def most_due(lease: Lease, month: str) -> Exact | float:
    """The most that a rent per period can make due for a month: its share, or its days' share of
    the shortest period. No bound where no rent per period is stated."""
    if lease.get("rent") is None or lease.get("rent_basis") is None:
        return inf
    rent, (_, days) = exact(lease["rent"]), covered_days(month, *_bounds(month))
    match RentBasis(lease["rent_basis"]):
        case RentBasis.DAY:
            return rent * days
        case RentBasis.MONTH:
            return rent
        case RentBasis.QUARTER:
            return ratio(rent * days, _DAYS_OF_A_QUARTER)
        case RentBasis.YEAR:
            return ratio(rent * days, _DAYS_OF_A_YEAR)


def due_then(lease: Lease, row: Month) -> Exact:
    """The rent due for a month, all parts of the lease together."""
    return sum([due.amount for _, _, due in _parts_due(lease, row)])


def split_rent(lease: Lease) -> Exact | None:
    """What the rents of a lease's parts come to; None where it has none, or not all are stated."""
    if lease.get("use") != Use.MIXED or not _all_given(lease, "rent"):
        return None
    return sum([exact(part["rent"]) for part in lease["parts"]])


def _all_given(lease: Lease, name: str) -> bool:
    parts = lease.get("parts") or ()
    return bool(parts) and all(part.get(name) is not None for part in parts)


def _weights(lease: Lease) -> tuple[bool, list[Exact]] | None:
    """(by area?, weight of each part): the parts' own rents, else their areas, else None."""
    for name in ("rent", "area"):
        if _all_given(lease, name):
            weights = [exact(part[name]) for part in lease["parts"]]
            if any(weights):
                return name == "area", weights
    return None


def _plain(value: Exact) -> str:
    return f"{float(value):g}"
