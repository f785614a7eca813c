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
    DECIDED = "decided"  # by the rules alone
    REFERRED = "referred"  # sent on to a contact or another rule; no amount
    SUPPLEMENTED = "supplemented"  # the enterprise has answered; to be assessed again
    AWAITING_APPROVAL = "awaiting_approval"  # determined, waits for a second person
    DETERMINED = "determined"  # a person's decision (认定) is in force
    UNDER_REVIEW = "under_review"  # the enterprise asked for a review (复核)
    WITHDRAWN = "withdrawn"


class Stage(StrEnum):
    """What a work item asks for.

    Its subject: application, delivery, visit, application, digest, export.
    """

    ASSESS = "assess"
    NOTIFY = "notify"
    REMIND = "remind"  # a day in the plan, then the reminder
    CLOCK = "clock"  # promised days that come near or have passed
    DIGEST = "digest"
    REPORT = "report"  # an export is made; later it is cleared away
    CANARY = "canary"  # to arrive: see casework.work.canary


class RecipientKind(StrEnum):
    """Who is told."""

    BUREAU = "bureau"
    ENTERPRISE = "enterprise"
    SYSTEM = "system"  # a bureau's own system, at its webhook endpoint


class Channel(StrEnum):
    """How somebody is told. For inbox and portal the row itself is the message."""

    INBOX = "inbox"
    EMAIL = "email"
    PORTAL = "portal"
    WEBHOOK = "webhook"
    DINGTALK = "dingtalk"
    WECOM = "wecom"
    SMS = "sms"


class DeliveryState(StrEnum):
    """How far a message has come."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class VisitState(StrEnum):
    """How far a visit has come. `OPEN_VISITS` are still to come."""

    PLANNED = "planned"  # by its promised day, no day in the bureau's plan yet
    SCHEDULED = "scheduled"  # has a day within the bureau's daily capacity
    CONFIRMED = "confirmed"  # by the bureau: only the bureau moves it
    REMINDED = "reminded"
    DONE = "done"
    CANCELLED = "cancelled"


OPEN_VISITS = (
    VisitState.PLANNED,
    VisitState.SCHEDULED,
    VisitState.CONFIRMED,
    VisitState.REMINDED,
)


class VisitResult(StrEnum):
    """What came of a visit."""

    MET = "met"
    ABSENT = "absent"  # nobody was there
    REFUSED = "refused"


class RequestState(StrEnum):
    """How far a request (诉求) has come."""

    OPEN = "open"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class RequestSource(StrEnum):
    """Who put a request on record."""

    VISIT = "visit"
    BUREAU = "bureau"
    APPLICANT = "applicant"


class Source(StrEnum):
    """How an application came in."""

    FORM = "form"
    BATCH = "batch"
    IMPORT = "import"


class SupplementState(StrEnum):
    """How far a request to supplement (补正) has come."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"  # given up by the bureau, or the application was withdrawn


class DeterminationState(StrEnum):
    """How far a determination (认定) has come."""

    PROPOSED = "proposed"  # waits for a second person
    IN_FORCE = "in_force"
    REJECTED = "rejected"  # by the second person, or dropped by a withdrawal
    SUPERSEDED = "superseded"  # by a later one, after a review


class ReviewState(StrEnum):
    """How far a review (复核) has come."""

    OPEN = "open"
    UPHELD = "upheld"
    REOPENED = "reopened"
    DROPPED = "dropped"  # the application was withdrawn


class Role(StrEnum):
    """What the bearer of a token may do."""

    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    SYSTEM = "system"
    AUDITOR = "auditor"
    ADMIN = "admin"


class ExportFormat(StrEnum):
    """What kind of file an export is."""

    CSV = "csv"
    XLSX = "xlsx"


class ExportState(StrEnum):
    """How far an export has come."""

    PENDING = "pending"
    READY = "ready"
    EXPIRED = "expired"  # its content is gone


OUTCOMES = (
    "eligible",
    "ineligible",
    "needs_determination",
    "referred",
    "incomplete",
    "not_in_force",
)
