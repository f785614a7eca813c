"""One-benefit keys (Q34): the same yuan is never counted twice.

(一) first paragraph and (三) share ``rent:`` per tenant, lease and month; (一) second paragraph and
(二) share ``cut:`` per landlord, tenant, lease and month; (四) has ``shop:`` per branch, lease and
month, and rests on the ``rent:`` keys of the branch and of the enterprise that it belongs to: rent
that is waived is not subsidised too.

``lease:`` and ``cut-lease:`` name premises instead of a number, ``one-lease:`` and ``one-cut:`` a
lease without who rents it. Nobody holds them: they only show that two applications may speak of
one lease.

A number is what people type. What one key stands for is told apart by particulars (the address,
the rent): where they differ, the key may have been mistyped, and a human is asked.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from typing import Any, Final

from rules.model import Case, Share
from vocabulary.writing import name_form, number_form


def identity(enterprise: Mapping[str, Any]) -> str:
    """The applicant's 统一社会信用代码, or its name where it has none."""
    return str(enterprise.get("uscc") or name_form(str(enterprise.get("name", ""))))


def lease_id(item: Mapping[str, Any]) -> str:
    """A lease's number however it was typed; its address where it has none; else nothing."""
    return number_form(str(item.get("lease_no") or "")) or number_form(
        str(item.get("address") or "")
    )


def lease_particulars(item: Mapping[str, Any], month: Mapping[str, Any]) -> str:
    """The address, the rent per period, the rent due for the month: what a lease is told by
    besides its number."""
    rent = f"{item['rent']}/{item.get('rent_basis')}" if item.get("rent") is not None else ""
    return f"{_words(item.get('address'))}|{rent}|{month.get('rent_due') or ''}"


def _words(stated: Any) -> str:
    return number_form(str(stated)).replace("|", "") if stated else ""


def differ(one: str, other: str) -> bool:
    """Whether two particulars contradict each other; what one of them does not state cannot."""
    return any(a and b and a != b for a, b in zip(one.split("|"), other.split("|"), strict=False))


def signs(key: str) -> str:
    """A key's letters and digits: what two keys share that differ by their separators only."""
    return "".join(filter(str.isalnum, key))


def alike(one: str, other: str) -> bool:
    """Whether one of two keys of the same signs is the other with separators left out, so that
    both may mean one thing: B-7 and B7, but not 1-23 and 12-3."""
    a, b = _separators(one), _separators(other)
    return a <= b or b <= a


def _separators(key: str) -> set[tuple[int, str]]:
    found: set[tuple[int, str]] = set()
    place = 0
    for sign in key:
        if sign.isalnum():
            place += 1
        else:
            found.add((place, sign))
    return found


def rent_key(enterprise: Mapping[str, Any], lease: Mapping[str, Any]) -> str:
    """Prefix of a tenant's lease; the month is appended."""
    return f"rent:{identity(enterprise)}:{lease_id(lease)}"


def shop_key(branch: Mapping[str, Any], lease: Mapping[str, Any]) -> str:
    """Prefix of a branch's shop under (四); the month is appended."""
    return f"shop:{identity(branch)}:{lease_id(lease)}"


def cut_key(landlord: Mapping[str, Any], tenant: Mapping[str, Any]) -> str:
    """Prefix of a landlord's cut for one tenant's lease; the month is appended."""
    return f"cut:{identity(landlord)}:{_who(tenant)}:{lease_id(tenant)}"


def leases_at(tenant: Mapping[str, Any], leases: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Where a tenant rents, as far as addresses are given."""
    return _places(f"lease:{identity(tenant)}", leases)


def cuts_at(landlord: Mapping[str, Any], tenants: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Where a landlord cut whose rent, as far as addresses are given."""
    named = [(_who(each), each) for each in tenants]
    return tuple(
        key
        for who, each in named
        for key in _places(f"cut-lease:{identity(landlord)}:{who}", [each])
    )


def shared_leases(leases: Iterable[Mapping[str, Any]], *who: str) -> tuple[Share, ...]:
    """Leases whoever rents them: by the number and the owner, or the address where no owner is
    named. A number alone says nothing: every owner has a first one."""
    return _shared("one-lease", [(_owner(each), each, who) for each in leases])


def shared_cuts(
    landlord: Mapping[str, Any], tenants: Iterable[Mapping[str, Any]]
) -> tuple[Share, ...]:
    """Leases whose rent a landlord cut, whoever rents them."""
    own = identity(landlord)
    return _shared("one-cut", [(own, each, (_who(each),)) for each in tenants])


def _shared(
    prefix: str, leases: Iterable[tuple[str, Mapping[str, Any], tuple[str, ...]]]
) -> tuple[Share, ...]:
    shares = {
        Share(f"{prefix}:{owner}:{number}", who): None
        for owner, each, who in leases
        if owner and (number := number_form(str(each.get("lease_no") or "")))
    }
    return tuple(shares)


def _owner(lease: Mapping[str, Any]) -> str:
    if code := lease.get("owner_uscc"):
        return str(code)
    name = name_form(str(lease.get("owner_name") or ""))
    return name or number_form(str(lease.get("address") or ""))


def _places(prefix: str, items: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    places = dict.fromkeys(number_form(item.get("address") or "") for item in items)
    return tuple(f"{prefix}:{place}" for place in places if place)


def _who(tenant: Mapping[str, Any]) -> str:
    return str(tenant.get("tenant_uscc") or name_form(str(tenant.get("tenant_name", ""))))


def guarantee_account(case: Case) -> str:
    """Whose running total (六) caps: the legal person, so a branch's head office (Q27)."""
    return f"guarantee:{case.facts.get('head_office_uscc') or identity(case.enterprise)}"


def contract_id(guarantee: Mapping[str, Any]) -> str:
    """A guarantee contract's number however it was typed; "" where there is none."""
    return number_form(str(guarantee.get("contract_no") or ""))


def guarantee_key(case: Case, guarantee: Mapping[str, Any]) -> str:
    """Institution and guarantee contract."""
    return f"{guarantee_account(case)}:{contract_id(guarantee)}"


def guarantee_particulars(guarantee: Mapping[str, Any]) -> str:
    """The borrower and the amount: what a guarantee is told by besides its contract's number."""
    who = guarantee.get("borrower_name")
    code, amount = guarantee.get("borrower_uscc") or "", guarantee.get("amount") or ""
    return f"{code}|{name_form(str(who)) if who and not code else ''}|{amount}"


def trainee_id(trainee: Mapping[str, Any]) -> str:
    """A trainee's number however it was typed; "" where there is none."""
    return number_form(str(trainee.get("trainee_no") or ""))


def training_key(enterprise: Mapping[str, Any], trainee: Mapping[str, Any]) -> str:
    """Enterprise and person; by a pseudonym where the facts have one."""
    who = trainee.get(PSEUDONYM) or trainee_id(trainee)
    return f"trainee:{identity(enterprise)}:{who}"


NUMBERED: Final = "training:"
"""What the keys of persons began with while they still held the number itself."""
PSEUDONYM: Final = "pseudonym"
"""A fact that no form has: what stands for a person's number in what is kept."""


def pseudonym(number: str, key: bytes) -> str:
    """What stands for a person's number as it is compared (`number_form`): nobody without the key
    can tell which number it was, or whether it was a given one.

    Its letters say which signs the number has, in which order, and the separators stand where they
    stood: so `signs` and `alike` answer of two pseudonyms what they answer of the numbers.
    """
    letters = hmac.digest(key, signs(number).encode(), "sha256").hex()
    made, place = [], 0
    for sign in number:
        if sign.isalnum():
            made.append(letters[place : place + 1])
            place += 1
        else:
            made.append(sign)
    return "".join(made) + letters[place:]


def pseudonymised(
    facts: Mapping[str, Any], items: str, person: str, key: bytes
) -> Mapping[str, Any]:
    """Facts with the pseudonym beside each item's number of a person."""
    named = [
        {**each, PSEUDONYM: pseudonym(number, key)}
        if (number := number_form(str(each.get(person) or "")))
        else each
        for each in facts.get(items) or ()
    ]
    return {**facts, items: named} if named else facts


def without_number(key: str, of: bytes) -> str:
    """A key that still holds a person's number, as it is made since."""
    _, who, number = key.split(":", 2)
    return f"trainee:{who}:{pseudonym(number, of)}"


def is_same_party(
    one: Mapping[str, Any], two: Mapping[str, Any], role: str, *, unknown: bool = False
) -> bool:
    """Whether two items name the same owner or tenant: by code, else by name.

    Takes how the facts are called ("owner": `owner_uscc`, `owner_name`); what to answer where
    neither names anybody.
    """
    for name, told in ((f"{role}_uscc", str), (f"{role}_name", name_form)):
        first, second = one.get(name), two.get(name)
        if first and second:
            return told(first) == told(second)
    named = any(each.get(f"{role}_{name}") for each in (one, two) for name in ("uscc", "name"))
    return unknown and not named
