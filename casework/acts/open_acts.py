"""What one person can do to a case now: the acts that would not be refused, for the case's page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from casework.acts import identity_check, transfer
from casework.docket import second_person, states
from casework.docket.finders import decider, finders
from casework.notices.editions import Edition
from casework.people.access import Principal
from casework.people.rights import Right
from rules.provision import Finder
from vocabulary.cases import Act, State, SupplementState
from vocabulary.parties import Side
from vocabulary.zone import CHINA

Row = Mapping[str, Any]


def to_bureau(principal: Principal, edition: Edition, row: Row) -> list[Act]:
    """The acts open to a person of a bureau, in the order of the state machine's table."""
    return [
        act
        for act in states.allowed(State(row["state"]), Side.BUREAU)
        if _has_right(principal, act) and _MAY.get(act, _leads)(principal, edition, row)
    ]


def _has_right(principal: Principal, act: Act) -> bool:
    right = states.RULES[act].right
    return right is not None and principal.may(right)


def _leads(principal: Principal, _: Edition, row: Row) -> bool:
    return bool(row["lead_bureau"] == principal.bureau)


def _decides(principal: Principal, edition: Edition, row: Row) -> bool:
    return principal.bureau == decider(
        edition.notice, row["provision"], row["lead_bureau"], row["copied_bureaus"]
    )


def _finds(principal: Principal, edition: Edition, row: Row) -> bool:
    document, provision = row["document"], edition.provisions.get(row["provision"])
    if document is None or provision is None:
        return False
    bureaus = row["lead_bureau"], row["copied_bureaus"]
    asked = {row["code"] for row in document["findings"]}
    places = [(row["code"], row.get("item")) for row in document["findings"]]
    found = {
        condition.code: condition.finder
        for condition in (*provision.conditions, *provision.item_conditions)
    }
    places += [(code, None) for code in found if code not in asked]
    return any(
        principal.bureau in finders(edition.notice, document, *bureaus, code, item)
        for code, item in places
        if found.get(code, Finder.NONE) is not Finder.NONE
    )


def _asks(principal: Principal, edition: Edition, row: Row) -> bool:
    return _leads(principal, edition, row) and _asked(row) is None


def _closes(principal: Principal, edition: Edition, row: Row) -> bool:
    return _leads(principal, edition, row) and _asked(row) is not None


def _determines(principal: Principal, edition: Edition, row: Row) -> bool:
    if not _decides(principal, edition, row):
        return False
    if row["state"] != State.AWAITING_SUPPLEMENT:
        return True
    asked = row["supplement"]
    today = row["now"].astimezone(CHINA).date()
    return asked is not None and today > date.fromisoformat(asked["due_on"])


def _approves(principal: Principal, edition: Edition, row: Row) -> bool:
    return _is_second(principal, Right.APPROVE, edition, row)


def _reviews(principal: Principal, edition: Edition, row: Row) -> bool:
    return _is_second(principal, Right.DECIDE_REVIEW, edition, row)


def _is_second(principal: Principal, right: Right, edition: Edition, row: Row) -> bool:
    people = second_person.had_a_part(row["determinations"] or (), row["had_a_part"])
    return _decides(principal, edition, row) and second_person.is_open_to(principal, right, people)


def _transfers(principal: Principal, edition: Edition, row: Row) -> bool:
    return _leads(principal, edition, row) and transfer.is_open_to(principal, row["transfers"])


def _closes_duplicate(principal: Principal, edition: Edition, row: Row) -> bool:
    return _leads(principal, edition, row) and bool(row["asked_before"])


def _asked(row: Row) -> Row | None:
    """The request to supplement that is open."""
    asked: Row | None = row["supplement"]
    return asked if asked is not None and asked["state"] == SupplementState.OPEN else None


def _checks(principal: Principal, edition: Edition, row: Row) -> bool:
    contact = row["enterprise"].get("contact") or {}
    return _leads(principal, edition, row) and identity_check.is_of_use(
        row["identity_checked_at"], contact, row["confirmed_channels"] or ()
    )


# The others are open to whoever leads the case.
_MAY: Final[Mapping[Act, Callable[[Principal, Edition, Row], bool]]] = {
    Act.RECORD_FINDING: _finds,
    Act.REQUEST_SUPPLEMENT: _asks,
    Act.CLOSE_SUPPLEMENT: _closes,
    Act.PROPOSE_DETERMINATION: _determines,
    Act.DETERMINE: _determines,
    Act.APPROVE_DETERMINATION: _approves,
    Act.REJECT_DETERMINATION: _approves,
    Act.TRANSFER: _transfers,
    Act.CLOSE_DUPLICATE: _closes_duplicate,
    Act.CHECK_IDENTITY: _checks,
    Act.UPHOLD: _reviews,
    Act.REOPEN: _reviews,
}
