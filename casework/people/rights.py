"""Which role may do what on the bureau side: the one table.

A right says what a role may do at all; that the case is the bureau's own is checked besides, by
every use case. A test tries every role on every route.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from vocabulary.people import Role


class Right(StrEnum):
    """Something a route lets its caller do."""

    FILE = "file"
    LIST_CASES = "list_cases"
    READ_CASE = "read_case"
    READ_DOCUMENT = "read_document"
    READ_TRAIL = "read_trail"
    READ_AUDIT = "read_audit"
    READ_INBOX = "read_inbox"
    MARK_INBOX = "mark_inbox"
    READ_ESCALATIONS = "read_escalations"
    ACKNOWLEDGE = "acknowledge"
    ASSIGN = "assign"
    RECORD_FINDING = "record_finding"
    SUPPLEMENT = "supplement"
    CHECK_IDENTITY = "check_identity"
    ISSUE_CODE = "issue_code"
    DETERMINE = "determine"
    APPROVE = "approve"
    CLOSE_DUPLICATE = "close_duplicate"
    TRANSFER = "transfer"
    TRANSFER_AGAIN = "transfer_again"
    DECIDE_REVIEW = "decide_review"
    CALL_BACK = "call_back"
    READ_VISITS = "read_visits"
    CHANGE_VISIT = "change_visit"
    ASSIGN_VISIT = "assign_visit"
    ASSIGN_VISIT_TO_OTHERS = "assign_visit_to_others"
    SET_CAPACITY = "set_capacity"
    READ_REQUESTS = "read_requests"
    OPEN_REQUEST = "open_request"
    ROUTE_REQUEST = "route_request"
    ROUTE_REQUEST_AGAIN = "route_request_again"
    ANSWER_REQUEST = "answer_request"
    SHARE_CALENDAR = "share_calendar"
    OWN_CALENDAR = "own_calendar"
    READ_PAYMENTS = "read_payments"
    PAY = "pay"
    CONFIRM_WAIVER = "confirm_waiver"
    RECLAIM = "reclaim"
    READ_OBJECTIONS = "read_objections"
    ANSWER_OBJECTION = "answer_objection"
    READ_REPORTS = "read_reports"
    READ_SENDERS = "read_senders"
    EXPORT = "export"
    OPERATE = "operate"
    ADMINISTER = "administer"
    IMPORT = "import"
    ALL_BUREAUS = "all_bureaus"
    LIST_DELEGATIONS = "list_delegations"
    DELEGATE = "delegate"
    DELEGATE_FOR_OTHERS = "delegate_for_others"
    CONFIRM_DELEGATION = "confirm_delegation"
    MANAGE_WEBHOOKS = "manage_webhooks"
    READ_PRACTICE = "read_practice"
    CHOOSE_MESSAGES = "choose_messages"


_PEOPLE = frozenset({Role.OFFICER, Role.SUPERVISOR})
# A bureau's own system relays what its officers do, but a decision needs a person.
_WORKING = _PEOPLE | {Role.SYSTEM}
_READING = _WORKING | {Role.AUDITOR}
_HEADS = frozenset({Role.SUPERVISOR})

RIGHTS: Mapping[Right, frozenset[Role]] = {
    # In many lines at once, and with a word on who files; anybody may file through the open form.
    Right.FILE: frozenset({Role.INTAKE}),
    Right.LIST_CASES: _READING,
    Right.READ_CASE: _READING,
    Right.READ_DOCUMENT: _READING,
    Right.READ_TRAIL: frozenset({Role.SUPERVISOR, Role.AUDITOR}),
    # What all bureaus did and looked at.
    Right.READ_AUDIT: frozenset({Role.AUDITOR}),
    # An administrator: what waits for a second word; no message about a case.
    Right.READ_INBOX: _READING | {Role.ADMIN},
    Right.MARK_INBOX: _WORKING,
    Right.CHOOSE_MESSAGES: _HEADS,
    # What is late too long is for the head, and for whoever stands in.
    Right.READ_ESCALATIONS: _HEADS,
    Right.ACKNOWLEDGE: _WORKING,
    # Who works on what, people arrange among themselves.
    Right.ASSIGN: _PEOPLE,
    Right.RECORD_FINDING: _WORKING,
    Right.SUPPLEMENT: _WORKING,
    # Who somebody is, a person sees.
    Right.CHECK_IDENTITY: _PEOPLE,
    Right.ISSUE_CODE: _PEOPLE,
    Right.DETERMINE: _PEOPLE,
    Right.APPROVE: _HEADS,
    Right.CLOSE_DUPLICATE: _PEOPLE,
    Right.TRANSFER: _WORKING,
    Right.TRANSFER_AGAIN: _HEADS,
    Right.DECIDE_REVIEW: _HEADS,
    Right.CALL_BACK: _PEOPLE,
    Right.READ_VISITS: _READING,
    Right.CHANGE_VISIT: _WORKING,
    Right.ASSIGN_VISIT: _PEOPLE,
    Right.ASSIGN_VISIT_TO_OTHERS: _HEADS,
    Right.SET_CAPACITY: _HEADS,
    Right.READ_REQUESTS: _READING,
    Right.OPEN_REQUEST: _WORKING,
    Right.ROUTE_REQUEST: _WORKING,
    Right.ROUTE_REQUEST_AGAIN: _HEADS,
    Right.ANSWER_REQUEST: _WORKING,
    Right.SHARE_CALENDAR: _HEADS | {Role.ADMIN},
    # The visits about the cases one works on oneself.
    Right.OWN_CALENDAR: _PEOPLE,
    # Of the bureau that pays, or sees to the waiver; which one that is, the notice's data says.
    Right.READ_PAYMENTS: _PEOPLE | {Role.AUDITOR},
    Right.PAY: _PEOPLE,
    Right.CONFIRM_WAIVER: _PEOPLE,
    Right.RECLAIM: _HEADS,
    Right.READ_OBJECTIONS: _PEOPLE | {Role.AUDITOR},
    Right.ANSWER_OBJECTION: _HEADS,
    Right.READ_REPORTS: _READING | {Role.ADMIN},
    # A sending system: what came of its own filings.
    Right.READ_SENDERS: _READING | {Role.ADMIN, Role.INTAKE},
    Right.EXPORT: _READING,
    # In many lines at once, by a person who vouches for them.
    Right.IMPORT: _PEOPLE,
    # How the system itself fares; no case and no person is shown.
    Right.OPERATE: frozenset({Role.ADMIN}),
    # Who may come in, and where the system sends to.
    Right.ADMINISTER: frozenset({Role.ADMIN}),
    # What bureaus are held to; whoever watches them sees who changed it.
    Right.READ_PRACTICE: frozenset({Role.ADMIN, Role.SUPERVISOR, Role.AUDITOR}),
    # Numbers and exports of other bureaus' cases too.
    Right.ALL_BUREAUS: frozenset({Role.AUDITOR, Role.ADMIN}),
    Right.LIST_DELEGATIONS: _PEOPLE | {Role.AUDITOR, Role.ADMIN},
    Right.DELEGATE: _PEOPLE | {Role.ADMIN},
    # For whoever fell ill before arranging it.
    Right.DELEGATE_FOR_OTHERS: frozenset({Role.ADMIN}),
    # The holder, or a second person besides who asked for it.
    Right.CONFIRM_DELEGATION: _PEOPLE | {Role.ADMIN},
    # Where its bureau's events go; a sending system, where those of its own filings go.
    Right.MANAGE_WEBHOOKS: frozenset({Role.ADMIN, Role.INTAKE}),
}

CONFIRMING = _HEADS | {Role.ADMIN}
"""Roles that can confirm for a holder who is away."""

GUARDED = _PEOPLE | {Role.ADMIN}
"""Roles that grant, approve, pay or let people in: at the desk two administrators give them."""

LENDABLE = _PEOPLE
"""Roles that an absent person can lend."""
