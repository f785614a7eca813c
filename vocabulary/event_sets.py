"""Event types that something else holds of alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from vocabulary.events import EventType
from vocabulary.matters import Matter

TAKE_IN_HAND: Final = (
    EventType.FINDING_RECORDED,
    EventType.IDENTITY_CHECKED,
    EventType.SUPPLEMENT_REQUESTED,
    EventType.DETERMINATION_PROPOSED,
    EventType.DETERMINATION_MADE,
    EventType.REVIEW_DECIDED,
)
"""What a bureau that leads a case does only once it has it in hand: as good as 签收."""

CARRY_A_CODE: Final = frozenset(
    {
        EventType.CONTACT_CODE_ASKED,
        EventType.CODE_ASKED,
        EventType.CODE_SENT,
        EventType.OBJECTION_CODE_ASKED,
    }
)
"""What is told by a letter with a code, to the one address the code is for."""

_ABOUT: Final[Mapping[Matter, Sequence[EventType]]] = {
    Matter.CASES: (
        EventType.APPLICATION_ASSESSED,
        EventType.APPLICATION_STUCK,
        EventType.CASE_TRANSFERRED,
    ),
    Matter.ANSWERS: (
        EventType.SUPPLEMENT_ANSWERED,
        EventType.DOCUMENT_QUARANTINED,
        EventType.DOCUMENT_LOST,
    ),
    Matter.SECOND: (EventType.DETERMINATION_PROPOSED,),
    Matter.AGAIN: (
        EventType.REVIEW_REQUESTED,
        EventType.DETERMINATION_SET_ASIDE,
        EventType.DETERMINATION_ROOM,
    ),
    Matter.OVERLAPS: (EventType.OVERLAP_FOUND, EventType.OVERLAP_SETTLED),
    Matter.REQUESTS: (EventType.REQUEST_OPENED, EventType.REQUEST_ROUTED),
    Matter.REDATED: (EventType.REQUEST_REDATED,),  # and a visit that is moved for holidays
    Matter.WAIVERS: (EventType.WAIVER_TOLD, EventType.WAIVER_NOT_DONE),
    Matter.OBJECTIONS: (EventType.OBJECTION_MADE, EventType.OBJECTION_LATE),
    Matter.CALLS: (EventType.APPLICANT_UNREACHED,),
    Matter.PROMISES: (EventType.PROMISE_DUE_SOON, EventType.PROMISE_OVERDUE),
    Matter.ESCALATIONS: (EventType.PROMISE_ESCALATED,),
    Matter.REMINDERS: (EventType.VISIT_REMINDED,),
    Matter.CONTACTS: (
        EventType.CONTACT_CORRECTED,
        EventType.CODE_ISSUED,
        EventType.CODE_RENEWED,
    ),
    Matter.VERIFIED: (EventType.CONTACT_VERIFIED,),
    Matter.VISITS: (
        *(EventType.VISIT_CONFIRMED, EventType.VISIT_MOVED, EventType.VISIT_ATTEMPTED),
        *(EventType.VISIT_DONE, EventType.VISIT_CORRECTED, EventType.VISIT_CANCELLED),
    ),
    Matter.RESULTS: (
        EventType.DETERMINATION_MADE,
        EventType.APPLICATION_WITHDRAWN,
        EventType.REQUEST_WITHDRAWN,
    ),
    Matter.RATINGS: (EventType.APPLICATION_RATED,),
    Matter.HOUSE: (
        *(EventType.ADDRESS_CHANGED, EventType.ADDRESS_TESTED, EventType.MESSAGES_CHOSEN),
        *(EventType.PRACTICE_PROPOSED, EventType.PRACTICE_CONFIRMED, EventType.PRACTICE_ENDED),
        *(EventType.DELEGATION_WAITS, EventType.ACCOUNT_WAITS),
    ),
}
MATTERS: Final[Mapping[EventType, Matter]] = {
    kind: each for each, kinds in _ABOUT.items() for kind in kinds
}
"""What a bureau is told about by an event of each type; a test holds that none is left out."""
