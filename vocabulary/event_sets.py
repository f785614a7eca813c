"""Event types that something else holds of alike."""

from __future__ import annotations

from typing import Final

from vocabulary.events import EventType

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
