"""What people did to a case so far, as the applicant and as the bureau sees it.

The applicant sees bureaus, never officers, and no determination before it is in force.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, TypedDict

from marshmallow import Schema

from casework.docket import states
from casework.formats import local
from schemas import pointers
from schemas.labels import label
from vocabulary.cases import DeterminationState, Grade, State, SupplementState
from vocabulary.outcomes import Outcome
from vocabulary.parties import Side

Names = Callable[[str], str]
Row = Mapping[str, Any]

# Further columns of the dossier: the latest of each kind as JSON.
COLUMNS: Final = """
    a.acknowledged_at, a.acknowledged_by, a.transfers, a.determined_amount,
    (SELECT to_jsonb(u) FROM supplement AS u WHERE u.application_id = a.id
        ORDER BY u.id DESC LIMIT 1) AS supplement,
    (SELECT jsonb_agg(to_jsonb(d) || jsonb_build_object('amount', d.amount::text,
            'computed', d.computed::text) ORDER BY d.id) FROM determination AS d
        WHERE d.application_id = a.id) AS determinations,
    (SELECT to_jsonb(r) FROM review AS r WHERE r.application_id = a.id
        ORDER BY r.id DESC LIMIT 1) AS review,
    (SELECT to_jsonb(g) FROM rating AS g WHERE g.application_id = a.id) AS rating,
    (SELECT to_jsonb(c) FROM callback AS c WHERE c.application_id = a.id) AS callback
"""


class ReopenedField(TypedDict):
    """A field that is open to the applicant again."""

    pointer: str
    label: str
    source: str
    value: object


class OpenSupplement(TypedDict):
    """What the applicant is asked for."""

    bureau: str | None
    bureau_name: str | None
    reason: str
    due_on: str | None
    fields: list[ReopenedField]


class DeterminationInForce(TypedDict):
    """The determination in force."""

    granted: bool
    amount: str | None
    reason: str
    bureau: str
    bureau_name: str
    decided_at: str


class DeterminationOnRecord(TypedDict):
    """A determination with everything the bureau has on record."""

    state: str
    granted: bool
    amount: str | None
    computed: str | None
    delta: str | None
    reason: str
    findings: Sequence[object]
    bureau: str
    proposed_by: str
    proposed_at: str
    decided_by: str | None
    decided_at: str | None
    decision_note: str | None


class Review(TypedDict):
    """A review asked for by the applicant."""

    state: str
    reason: str
    requested_at: str
    answer: str | None
    decided_at: str | None


class Rating(TypedDict):
    """How the applicant rated the handling."""

    grade: int
    grade_text: str
    comment: str | None
    rated_at: str


class Callback(TypedDict):
    """A call-back that a bad rating has led to."""

    bureau: str
    due_on: str
    provisional: bool
    done_by: str | None
    done_at: str | None
    note: str | None


class Progress(TypedDict):
    """What both sides see of what people did."""

    version: int
    determined_amount: str | None
    supplement: OpenSupplement | None
    determination: DeterminationInForce | None
    review: Review | None
    rating: Rating | None
    actions: list[str]


class BureauProgress(TypedDict):
    """What only the bureaus see of it."""

    acknowledged_at: str | None
    acknowledged_by: str | None
    transfers: int
    assigned_bureau: str | None
    supplement_changes: Mapping[str, object] | None
    determinations: list[DeterminationOnRecord]
    callback: Callback | None


def for_both(row: Row, names: Names, form: Schema | None) -> Progress:
    """The part of the status that the applicant may see as well.

    In: the form it was filed with, if it is known.
    """
    return {
        "version": row["version"],
        "determined_amount": None
        if row["determined_amount"] is None
        else str(row["determined_amount"]),
        "supplement": _supplement(row, names, form),
        "determination": _in_force(row, names),
        "review": _review(row),
        "rating": _rating(row),
        "actions": list(states.allowed(State(row["state"]), Side.APPLICANT)),
    }


def for_bureau(row: Row) -> BureauProgress:
    """What only the bureaus see."""
    asked = row["supplement"]
    return {
        "acknowledged_at": row["acknowledged_at"] and local(row["acknowledged_at"]),
        "acknowledged_by": row["acknowledged_by"],
        "transfers": row["transfers"],
        "assigned_bureau": row["lead_bureau"] if row["transfers"] else None,
        "supplement_changes": asked["changes"] if asked else None,
        "determinations": [_full(each) for each in row["determinations"] or ()],
        "callback": _callback(row),
    }


def due(row: Row) -> str | None:
    """Until when the applicant is to answer, where a bureau has asked."""
    asked = row["supplement"]
    waits = asked is not None and asked["state"] == SupplementState.OPEN
    return str(asked["due_on"]) if waits else None


def _supplement(row: Row, names: Names, form: Schema | None) -> OpenSupplement | None:
    """What the applicant is asked for at present: by a bureau, or by the assessment alone."""
    if row["state"] != State.AWAITING_SUPPLEMENT:
        return None
    asked = row["supplement"]
    if asked is not None and asked["state"] == SupplementState.OPEN:
        bureau, reason, fields = asked["bureau"], asked["reason"], asked["fields"]
    elif row["outcome"] == Outcome.INCOMPLETE:
        bureau, reason = None, "核对所需的事项尚未填报"
        fields = row["document"].get("missing", ())
    else:
        return None
    reopened = [_reopened(row, pointer, form) for pointer in fields]
    return {
        "bureau": bureau,
        "bureau_name": names(bureau) if bureau else None,
        "reason": reason,
        "due_on": due(row),
        "fields": reopened,
    }


def _reopened(row: Row, pointer: str, form: Schema | None) -> ReopenedField:
    asked = label(form, pointer)
    return {
        "pointer": asked["pointer"],
        "label": asked["label"],
        "source": asked["source"],
        "value": pointers.get(row, pointer),
    }


def _in_force(row: Row, names: Names) -> DeterminationInForce | None:
    for each in row["determinations"] or ():
        if each["state"] == DeterminationState.IN_FORCE:
            return {
                "granted": each["granted"],
                "amount": each["amount"],
                "reason": each["reason"],
                "bureau": each["bureau"],
                "bureau_name": names(each["bureau"]),
                "decided_at": _when(each["decided_at"] or each["proposed_at"]),
            }
    return None


def _full(each: Row) -> DeterminationOnRecord:
    return {
        "state": each["state"],
        "granted": each["granted"],
        "amount": each["amount"],
        "computed": each["computed"],
        "delta": _delta(each),
        "reason": each["reason"],
        "findings": each["findings"],
        "bureau": each["bureau"],
        "proposed_by": each["proposed_by"],
        "proposed_at": _when(each["proposed_at"]),
        "decided_by": each["decided_by"],
        "decided_at": each["decided_at"] and _when(each["decided_at"]),
        "decision_note": each["decision_note"],
    }


def _delta(each: Row) -> str | None:
    if each["amount"] is None or each["computed"] is None:
        return None
    return str(Decimal(each["amount"]) - Decimal(each["computed"]))


def _review(row: Row) -> Review | None:
    review = row["review"]
    if review is None:
        return None
    return {
        "state": review["state"],
        "reason": review["reason"],
        "requested_at": _when(review["requested_at"]),
        "answer": review["note"],
        "decided_at": review["decided_at"] and _when(review["decided_at"]),
    }


def _rating(row: Row) -> Rating | None:
    rating = row["rating"]
    if rating is None:
        return None
    return {
        "grade": rating["grade"],
        "grade_text": Grade(rating["grade"]).label,
        "comment": rating["comment"],
        "rated_at": _when(rating["rated_at"]),
    }


def _callback(row: Row) -> Callback | None:
    opened = row["callback"]
    if opened is None:
        return None
    return {
        "bureau": opened["bureau"],
        "due_on": opened["due_on"],
        "provisional": opened["provisional"],
        "done_by": opened["done_by"],
        "done_at": opened["done_at"] and _when(opened["done_at"]),
        "note": opened["note"],
    }


def _when(moment: str) -> str:
    return local(datetime.fromisoformat(moment))
