"""The closed word lists the database enforces with CHECK constraints.

A test holds these equal to the constraints of the migrated database, and `OUTCOMES` equal to the
rules' outcomes (this room may not import them).
"""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where an application stands."""

    RECEIVED = "received"  # accepted, not assessed yet
    AWAITING_SUPPLEMENT = "awaiting_supplement"  # facts are missing: the enterprise's turn (补正)
    AWAITING_DETERMINATION = "awaiting_determination"  # a human finding is needed (认定)
    DECIDED = "decided"
    REFERRED = "referred"  # sent on to a contact or another rule; no amount


class Stage(StrEnum):
    """What a work item asks for. Its subject: application, delivery, visit."""

    ASSESS = "assess"
    NOTIFY = "notify"
    REMIND = "remind"


class RecipientKind(StrEnum):
    """Who is told."""

    BUREAU = "bureau"
    ENTERPRISE = "enterprise"


class Channel(StrEnum):
    """How somebody is told. For inbox and portal the row itself is the message."""

    INBOX = "inbox"
    EMAIL = "email"
    PORTAL = "portal"


class DeliveryState(StrEnum):
    """How far a message has come."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class VisitState(StrEnum):
    """How far a visit has come."""

    PLANNED = "planned"
    REMINDED = "reminded"
    DONE = "done"
    CANCELLED = "cancelled"


class Source(StrEnum):
    """How an application came in."""

    FORM = "form"
    BATCH = "batch"
    IMPORT = "import"


class Role(StrEnum):
    """What the bearer of a token may do."""

    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    SYSTEM = "system"
    AUDITOR = "auditor"
    ADMIN = "admin"


OUTCOMES = (
    "eligible",
    "ineligible",
    "needs_determination",
    "referred",
    "incomplete",
    "not_in_force",
)
