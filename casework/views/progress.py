"""What people did to a case so far, as the applicant and as the bureau sees it.

The applicant sees bureaus, never officers, and no determination before it is in force.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from marshmallow import Schema

from casework.acts.determination import rests_on
from casework.docket import supplement_asked, twice
from casework.docket.second_person import HAD_A_PART
from casework.personal import parts, texts
from schemas import pointers
from schemas.basis import Basis
from schemas.cases import (
    CallbackState,
    CallOnRecord,
    Casework,
    CodeOnRecord,
    DeterminationOnRecord,
    Headroom,
)
from schemas.kit.answers import build
from schemas.labels import label
from schemas.status import (
    DeterminationInForce,
    OpenSupplement,
    RatingGiven,
    ReopenedField,
    Review,
)
from vocabulary.cases import Act, DeterminationState, Grade, ReviewState, State, SupplementState
from vocabulary.codes import Handing
from vocabulary.events import EventType
from vocabulary.outcomes import Outcome
from vocabulary.parties import Actor
from vocabulary.zone import CHINA

Names = Callable[[str], str]
Row = Mapping[str, Any]

# Further columns of the dossier: the latest of each kind as JSON.
COLUMNS: Final = f"""
    a.identity_checked_by, a.identity_note,
    (SELECT t.label FROM api_token AS t WHERE t.id = a.client) AS client,
    a.acknowledged_at, a.acknowledged_by, a.assignee, a.transfers, a.determined_amount,
    (SELECT to_jsonb(u) FROM supplement AS u WHERE u.application_id = a.id
        ORDER BY u.id DESC LIMIT 1) AS supplement,
    {supplement_asked.RENAMED},
    (SELECT jsonb_agg(to_jsonb(d) || jsonb_build_object('amount', d.amount::text,
            'computed', d.computed::text) ORDER BY d.id) FROM determination AS d
        WHERE d.application_id = a.id) AS determinations,
    {twice.COLUMNS},
    ARRAY({HAD_A_PART.format(application="a.id")}) AS had_a_part,
    (SELECT jsonb_agg(to_jsonb(c) ORDER BY c.serial) FROM access_code AS c
        WHERE c.application_id = a.id) AS access_codes,
    (SELECT to_jsonb(r) FROM review AS r WHERE r.application_id = a.id
        ORDER BY r.id DESC LIMIT 1) AS review,
    (SELECT jsonb_agg(jsonb_build_object('id', d.id, 'type', e.type, 'data', e.data,
            'at', d.created_at, 'done_at', d.sent_at, 'note', d.note) ORDER BY d.id)
        FROM delivery AS d JOIN event AS e ON e.id = d.event_id
        WHERE d.application_id = a.id AND d.channel = 'call' AND d.state <> 'failed') AS calls,
    (SELECT to_jsonb(g) FROM rating AS g WHERE g.application_id = a.id) AS rating,
    (SELECT to_jsonb(c) FROM callback AS c WHERE c.application_id = a.id) AS callback
"""  # noqa: S608 -- a constant


def due(row: Row) -> date | None:
    """Until when the applicant is to answer, where a bureau has asked."""
    asked = row["supplement"]
    waits = asked is not None and asked["state"] == SupplementState.OPEN
    return date.fromisoformat(asked["due_on"]) if waits else None


def supplement(row: Row, names: Names, form: Schema | None) -> OpenSupplement | None:
    """What the applicant is asked for at present: by a bureau, or by the assessment alone."""
    if row["state"] != State.AWAITING_SUPPLEMENT:
        return None
    asked = row["supplement"]
    documents: list[str] = []
    if asked is not None and asked["state"] == SupplementState.OPEN:
        bureau, fields = asked["bureau"], asked["fields"]
        reason = _unsealed("supplement", "reason", asked) or ""
        documents = asked["documents"]
    elif row["outcome"] == Outcome.INCOMPLETE:
        bureau, reason = None, "核对所需的事项尚未填报"
        fields = row["document"].get("missing", ())
    else:
        return None
    return OpenSupplement(
        bureau=bureau,
        bureau_name=names(bureau) if bureau else None,
        reason=reason,
        documents=documents,
        due_on=due(row),
        fields=[
            ReopenedField(**label(form, pointer), value=pointers.get(row, pointer))
            for pointer in fields
        ],
    )


def in_force(row: Row, names: Names) -> DeterminationInForce | None:
    """The determination in force."""
    for each in row["determinations"] or ():
        if each["state"] == DeterminationState.IN_FORCE:
            decided_at = datetime.fromisoformat(each["decided_at"] or each["proposed_at"])
            name = names(each["bureau"])
            return build(
                DeterminationInForce,
                {**each, "reason": _unsealed("determination", "reason", each)},
                basis=_basis(each),
                bureau_name=name,
                decided_at=decided_at,
                automatic=_is_automatic(each),
            )
    return None


def review(row: Row) -> Review | None:
    """The latest review."""
    asked = row["review"]
    if asked is None:
        return None
    said = {name: _unsealed("review", name, asked) for name in ("reason", "note")}
    return build(Review, {**asked, **said}, answer=said["note"])


def is_reopened(row: Row) -> bool:
    """Whether the latest review set a result aside."""
    asked = row["review"]
    return asked is not None and asked["state"] == ReviewState.REOPENED


def rating(row: Row) -> RatingGiven | None:
    """How the applicant rated the handling."""
    given = row["rating"]
    if given is None:
        return None
    comment = _unsealed("rating", "comment", given, row=given["application_id"])
    return build(RatingGiven, {**given, "comment": comment}, grade_text=Grade(given["grade"]).label)


def calls(row: Row, names: Names) -> list[CallOnRecord]:
    """What there is to tell the applicant by telephone, and what was told."""
    return [
        build(
            CallOnRecord,
            {**each, "note": _unsealed("delivery", "note", each)},
            text=EventType(each["type"]).sentence(each["data"], names),
        )
        for each in row["calls"] or ()
    ]


def called(row: Row) -> str:
    """That the applicant could be told by telephone only, as part of how a day comes about."""
    every = row["calls"] or ()
    if not every:
        return ""
    last = every[-1]["done_at"]
    told = (
        f"{datetime.fromisoformat(last).astimezone(CHINA):%Y-%m-%d}已电话告知"
        if last
        else "待电话告知"
    )
    return f"；短信、邮件未能告知，{told}"


def for_bureau(row: Row, cap: Headroom | None, actions: list[Act], names: Names) -> Casework:
    """What only the bureaus see. Takes what they see of a cap; what they may do."""
    asked, opened = row["supplement"], row["callback"]
    return build(
        Casework,
        row,
        assigned_bureau=row["lead_bureau"] if row["transfers"] else None,
        supplement_changes=asked and supplement_asked.changes(asked),
        identity_note=texts.unseal(
            row["identity_note"],
            "application.identity_note",
            parts.row_of(row["receipt"]),
        ),
        determinations=[
            build(
                DeterminationOnRecord,
                _opened(each),
                basis=_basis(each),
                delta=_delta(each),
                automatic=_is_automatic(each),
            )
            for each in row["determinations"] or ()
        ],
        callback=opened
        and build(
            CallbackState,
            {
                **opened,
                "note": _unsealed("callback", "note", opened, row=opened["application_id"]),
            },
        ),
        calls=calls(row, names),
        access_codes=[
            build(CodeOnRecord, _handed(each), handed_text=Handing(each["handed"]).label)
            for each in row["access_codes"] or ()
        ],
        cap=cap,
        actions=actions,
    )


def _opened(each: Row) -> dict[str, Any]:
    """A determination with what officers wrote of it to be read."""
    said = {name: _unsealed("determination", name, each) for name in ("reason", "decision_note")}
    return {**each, **said, "findings": rests_on(each["findings"], each["id"])}


def _handed(each: Row) -> dict[str, Any]:
    place = f"{each['application_id']}:{each['serial']}"
    return {**each, "note": _unsealed("access_code", "note", each, row=place)}


def _unsealed(table: str, field: str, each: Row, row: int | str | None = None) -> str | None:
    return texts.unseal(each[field], f"{table}.{field}", each["id"] if row is None else row)


def _is_automatic(each: Row) -> bool:
    """Whether no person made a determination."""
    return bool(each["proposed_by"] == Actor.SYSTEM)


def _basis(each: Row) -> Basis | None:
    kept = each["basis"]
    return kept and build(Basis, kept)


def _delta(each: Row) -> Decimal | None:
    if each["amount"] is None or each["computed"] is None:
        return None
    return Decimal(each["amount"]) - Decimal(each["computed"])
