"""Which cases a list is about: its filters and its order, as SQL over `application AS a`.

Only what is asked for becomes part of a statement, so that the planner can use the index of each.
What is derived (promised days, what overlaps) is no column: `casework.views.case_selection`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from casework.docket.name_search import Sought
from casework.docket.promises import VISIT_AWAITED
from casework.docket.states import TO_DETERMINE
from casework.people.access import Principal
from store import predicates
from vocabulary.cases import CaseSort, State
from vocabulary.identity import IdentityLevel

ME: Final = "me"
NOBODY: Final = "none"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters of the case list; None means any.

    `state`: any of these; `leading`: cases the bureau leads, or is copied on; `acknowledged`,
    `callback` (an open one), `to_call` (somebody to be told by telephone), `granted` (by a
    determination in force, or refused): yes or no; `received_from`, `received_to`: days in
    Asia/Shanghai, both included; `q`: a receipt, a credit code, the end of a telephone, or part of
    a name, a former one too, in any usual writing; `waiting_for`: a
    condition that waits for an official; `question`: an open question's id; `identity`: how far it
    is known who files; `amount_from`, `amount_to`: yuan determined, else computed; `assignee`: what
    a colleague is called, ME or NOBODY.

    Of what still needs an act: `overdue`: a promised day is past, or none is; `due_soon`: one is
    near; `due_before`: the nearest is no later; `duplicate`: it meets another application;
    `complete`: nothing that was asked for is missing, and nothing handed in is unreadable.
    """

    state: tuple[str, ...] | None = None
    outcome: str | None = None
    provision: str | None = None
    leading: bool | None = None
    acknowledged: bool | None = None
    callback: bool | None = None
    to_call: bool | None = None
    granted: bool | None = None
    received_from: date | None = None
    received_to: date | None = None
    q: str | None = None
    overdue: bool | None = None
    due_soon: bool | None = None
    due_before: date | None = None
    duplicate: bool | None = None
    complete: bool | None = None
    waiting_for: str | None = None
    question: str | None = None
    identity: str | None = None
    amount_from: Decimal | None = None
    amount_to: Decimal | None = None
    assignee: str | None = None

    @property
    def is_of_days(self) -> bool:
        """Whether it asks for promised days."""
        return self.overdue is not None or bool(self.due_soon or self.due_before)

    @property
    def columns(self) -> Wanted:
        """The same, of what the columns say alone."""
        return replace(self, overdue=None, due_soon=None, due_before=None, duplicate=None)

    @property
    def is_of_open_work(self) -> bool:
        """Whether it asks for what only cases have that still need an act."""
        return self.complete is not None or bool(
            self.overdue or self.due_soon or self.due_before or self.duplicate
        )


ANY: Final = Wanted()

_WAITING: Final = "'awaiting_determination', 'awaiting_supplement', 'supplemented'"
_DOCUMENT: Final = (
    "EXISTS (SELECT FROM assessment AS s WHERE s.application_id = a.id AND s.in_force AND ({}))"
)
_ASSIGNED: Final = (
    "a.assignee = (SELECT actor FROM account WHERE bureau = %(bureau)s AND label = %(assignee)s)"
)
SUM: Final = "coalesce(a.determined_amount, a.amount, -1)"
"""The amount as the index `ix_application_lead_bureau_amount` has it: what has none comes first."""

_PARTS: Final[Mapping[str, str]] = {
    "state": "a.state = ANY(%(state)s::text[])",
    "complete": f"%(complete)s <> ({predicates.LACKING})",
    "outcome": "a.outcome = %(outcome)s",
    "provision": "a.provision = %(provision)s",
    "acknowledged": "(a.acknowledged_at IS NOT NULL) = %(acknowledged)s",
    "received_from": predicates.RECEIVED_FROM,
    "received_to": predicates.RECEIVED_TO,
    "waiting_for": f"a.state IN ({_WAITING}) AND "
    + _DOCUMENT.format(
        "s.document -> 'findings' @> %(for_finding)s::jsonb"
        " OR s.document -> 'findings' @> %(for_reading)s::jsonb"
    ),
    "question": _DOCUMENT.format("s.document -> 'questions' ? %(question)s"),
    "amount_from": f"{SUM} >= %(amount_from)s",
    "amount_to": f"{SUM} BETWEEN 0 AND %(amount_to)s",
    "assignee": _ASSIGNED,
}
# One text for either answer: the planner uses the index of what few cases have.
_RULED: Final = {True: predicates.GRANT_IN_FORCE, False: predicates.REFUSAL_IN_FORCE}
_FEW: Final[Mapping[str, str]] = {
    "callback": "SELECT c.application_id FROM callback AS c"
    " WHERE c.bureau = %(bureau)s AND c.done_at IS NULL",
    "to_call": "SELECT d.application_id FROM delivery AS d"
    " WHERE d.channel = 'call' AND d.state = 'pending'",
}

KEYS: Final[Mapping[CaseSort, str]] = {
    CaseSort.RECEIVED: "a.id",
    CaseSort.AMOUNT: SUM,
    CaseSort.STATE: "a.state",
}
"""What each order that the database knows goes by; `due` is derived."""

# Whom a case concerns, so written that each has its index: the second is partial.
LED: Final = "a.lead_bureau = %(bureau)s"
COPIED: Final = (
    "a.copied_bureaus @> ARRAY[%(bureau)s]::text[] AND a.copied_bureaus <> '{}'"
    " AND a.lead_bureau IS DISTINCT FROM %(bureau)s"
)

_NEEDS_AN_ACT: Final = ", ".join(
    f"'{state}'" for state in sorted(TO_DETERMINE | {State.UNDER_REVIEW})
)
OPEN_WORK: Final = f"""
SELECT a.id FROM application AS a WHERE {LED} AND a.state IN ({_NEEDS_AN_ACT})
UNION SELECT a.id FROM application AS a WHERE {COPIED} AND a.state IN ({_NEEDS_AN_ACT})
UNION SELECT c.application_id FROM callback AS c
    WHERE c.bureau = %(bureau)s AND c.done_at IS NULL
UNION SELECT r.application_id FROM request AS r
    WHERE r.bureau = %(bureau)s AND r.state = 'open'
UNION SELECT w.id FROM visit AS v JOIN application AS w ON w.visit_id = v.id
    WHERE v.bureau = %(bureau)s AND {VISIT_AWAITED}
UNION SELECT o.application_id FROM objection AS o WHERE o.state = 'open'
UNION SELECT f.application_id FROM fulfilment AS f WHERE f.bureau = %(bureau)s AND f.state = 'due'
    AND f.way = 'waiver' AND f.publicised_until < {predicates.TODAY}
"""  # noqa: S608 -- constants
"""The cases on which anything is promised, whatever else is stored: `docket.promises.OPEN`."""


def condition(
    wanted: Wanted, principal: Principal, seek: Callable[[str], Sought]
) -> tuple[str, dict[str, Any]]:
    """What the columns say of a filter, and its values; `seek`: whom typed words may mean."""
    asked = {each.name: getattr(wanted, each.name) for each in fields(wanted)}
    known = {name: value for name, value in asked.items() if value is not None and name in _PARTS}
    parts = [_PARTS[name] for name in known]
    values: dict[str, Any] = {**known, "bureau": principal.bureau}
    if wanted.state is not None:
        values["state"] = list(wanted.state)
    if wanted.assignee in (ME, NOBODY):
        parts.remove(_ASSIGNED)
        parts.append("a.assignee = %(me)s" if wanted.assignee == ME else "a.assignee IS NULL")
        values["me"] = principal.actor
    if wanted.granted is not None:
        parts.append(f"{predicates.CANDIDATE} AND {_RULED[wanted.granted]}")
    if wanted.identity is not None:
        parts.append(f"a.identity = '{IdentityLevel(wanted.identity)}'")
    for name, few in _FEW.items():
        if (has := getattr(wanted, name)) is not None:
            parts.append(f"a.id {'= ANY' if has else '<> ALL'} (ARRAY({few}))")
    if wanted.waiting_for is not None:
        values |= {
            f"for_{cause}": json.dumps(
                [{"code": wanted.waiting_for, "result": "unknown", "cause": cause}]
            )
            for cause in ("finding", "reading")
        }
    if wanted.q is not None:
        sought = seek(wanted.q)
        parts.append(sought.condition)
        values |= sought.values()
    return " AND ".join(parts) or "true", values


def concerned(wanted: Wanted) -> list[str]:
    """Whom the cases concern: led, copied, or both."""
    if wanted.leading is None:
        return [LED, COPIED]
    return [LED if wanted.leading else COPIED]
