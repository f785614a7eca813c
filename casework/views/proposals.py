"""What waits for a second person (复签): what was proposed, and how far it is from the computed."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple

from casework.docket import second_person, trail
from casework.docket.finders import decider
from casework.notices import editions
from casework.people.access import Principal
from casework.people.rights import Right
from store.db import Database
from vocabulary.events import EventType

MOST: Final = 200

_READ: Final = f"""
SELECT a.id, a.receipt, a.name, a.notice_id, a.provision, a.lead_bureau, a.copied_bureaus,
    d.granted, d.amount, d.computed, d.proposed_by, d.proposed_at,
    ARRAY({second_person.HAD_A_PART.format(application="a.id")}) AS had_a_part,
    (SELECT array_agg(e.proposed_by) FROM determination AS e WHERE e.application_id = a.id)
        || ARRAY(SELECT e.decided_by FROM determination AS e WHERE e.application_id = a.id
            AND e.decided_by IS NOT NULL AND e.state <> 'rejected') AS determined
FROM application AS a JOIN determination AS d ON d.application_id = a.id AND d.state = 'proposed'
WHERE a.state = 'awaiting_approval'
    AND (a.lead_bureau = %(bureau)s OR a.copied_bureaus @> ARRAY[%(bureau)s]::text[])
ORDER BY abs(coalesce(d.amount - d.computed, d.amount, 0)) DESC, d.proposed_at LIMIT %(most)s
"""  # noqa: S608 -- constants


class Proposal(NamedTuple):
    """A determination that waits. Amounts in yuan; `delta`: proposed less computed, None without
    arithmetic; `is_open`: whether whoever asks may answer it."""

    receipt: str
    name: str
    title: str
    granted: bool
    amount: Decimal | None
    computed: Decimal | None
    delta: Decimal | None
    proposed_by: str
    proposed_at: datetime
    is_open: bool


def waiting(db: Database, principal: Principal) -> list[Proposal]:
    """What the bureau decides and waits for a second person, the furthest from what was computed
    first. That it was looked at is on the trail. Raises NotPermitted."""
    principal.require(Right.APPROVE)
    found = []
    with db.transaction() as conn:
        rows = conn.exec_driver_sql(_READ, {"bureau": principal.bureau, "most": MOST}).all()
        shown = []
        for row in rows:
            notice = editions.edition(row.notice_id).notice
            lead, copied = row.lead_bureau, row.copied_bureaus
            if decider(notice, row.provision, lead, copied) != principal.bureau:
                continue
            shown.append(row.id)
            people = frozenset({*row.had_a_part, *row.determined})
            has_delta = row.amount is not None and row.computed is not None
            found.append(
                Proposal(
                    receipt=row.receipt,
                    name=row.name,
                    title=notice.provisions[row.provision]["title"],
                    granted=row.granted,
                    amount=row.amount,
                    computed=row.computed,
                    delta=row.amount - row.computed if has_delta else None,
                    proposed_by=row.proposed_by,
                    proposed_at=row.proposed_at,
                    is_open=second_person.is_open_to(principal, Right.APPROVE, people),
                )
            )
        trail.looked(conn, principal, EventType.ACCESS_CASES_LISTED, shown)
    return found
