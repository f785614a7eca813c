"""What programs call each operation: the names of functions in clients made from the document.

A name is part of the contract: it stays as long as its route does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

_PREFIX: Final = "/api/v1"
_METHODS: Final = ("get", "post", "put", "patch", "delete")

_NAMES: Final[Mapping[str, str]] = {
    "POST /account/password": "change_password",
    "POST /account/recovery-codes": "renew_recovery_codes",
    "POST /account/second-factor": "offer_second_factor",
    "POST /account/second-factor/confirmation": "confirm_second_factor",
    "GET /account/sessions": "list_sessions",
    "DELETE /account/sessions/{number}": "end_session",
    "POST /applications": "submit_application",
    "POST /applications/batch": "submit_batch",
    "GET /applications/{receipt}": "read_application",
    "POST /applications/{receipt}/access-code": "renew_access_code",
    "POST /applications/{receipt}/access-code/request": "ask_for_access_code",
    "POST /applications/{receipt}/contact": "correct_contact",
    "POST /applications/{receipt}/contact/code": "ask_for_contact_code",
    "POST /applications/{receipt}/contact/verification": "verify_contact",
    "GET /applications/{receipt}/data": "read_own_data",
    "POST /applications/{receipt}/data/deletion": "ask_for_deletion",
    "GET /applications/{receipt}/documents": "list_documents",
    "POST /applications/{receipt}/documents": "announce_document",
    "DELETE /applications/{receipt}/documents/{document}": "remove_document",
    "GET /applications/{receipt}/documents/{document}": "read_document",
    "PATCH /applications/{receipt}/documents/{document}": "upload_document",
    "GET /applications/{receipt}/documents/{document}/content": "download_document",
    "GET /applications/{receipt}/documents/{document}/thumbnail": "read_document_thumbnail",
    "POST /applications/{receipt}/rating": "rate",
    "POST /applications/{receipt}/requests": "file_request",
    "DELETE /applications/{receipt}/requests/{number}": "withdraw_request",
    "POST /applications/{receipt}/review": "ask_for_review",
    "POST /applications/{receipt}/supplement": "answer_supplement",
    "POST /applications/{receipt}/withdrawal": "withdraw_application",
    "GET /audit": "list_audit_events",
    "GET /calendar/{secret}.ics": "read_calendar_feed",
    "GET /calendars": "list_calendars",
    "GET /calendars/own": "list_own_calendars",
    "POST /calendars/own": "create_own_calendar",
    "DELETE /calendars/own/{number}": "revoke_own_calendar",
    "POST /calendars": "create_calendar",
    "DELETE /calendars/{number}": "revoke_calendar",
    "GET /cases": "list_cases",
    "POST /cases/acknowledge": "acknowledge_cases",
    "POST /cases/assignments": "assign_cases",
    "POST /cases/determinations": "grant_cases",
    "POST /cases/exports": "export_list",
    "POST /cases/findings": "record_findings_of_cases",
    "GET /cases/{receipt}": "read_case",
    "POST /cases/{receipt}/access-code": "issue_access_code",
    "POST /cases/{receipt}/acknowledgement": "acknowledge_case",
    "POST /cases/{receipt}/assignment": "assign_case",
    "POST /cases/{receipt}/callback": "record_callback",
    "POST /cases/{receipt}/determination": "determine_case",
    "POST /cases/{receipt}/determination/approval": "decide_proposal",
    "GET /cases/{receipt}/documents": "list_case_documents",
    "GET /cases/{receipt}/documents/{document}/content": "download_case_document",
    "GET /cases/{receipt}/documents/{document}/thumbnail": "read_case_document_thumbnail",
    "POST /cases/{receipt}/findings": "record_findings",
    "POST /cases/{receipt}/identity": "check_identity",
    "POST /cases/{receipt}/phone-call": "record_phone_call",
    "POST /cases/{receipt}/requests": "register_request",
    "POST /cases/{receipt}/review": "decide_review",
    "POST /cases/{receipt}/supplement": "request_supplement",
    "POST /cases/{receipt}/supplement/closure": "close_supplement",
    "GET /cases/{receipt}/trail": "read_trail",
    "POST /cases/{receipt}/transfer": "transfer_case",
    "GET /colleagues": "list_colleagues",
    "GET /delegations": "list_delegations",
    "POST /delegations": "create_delegation",
    "DELETE /delegations/{delegation}": "end_delegation",
    "POST /delegations/{delegation}/confirmation": "confirm_delegation",
    "GET /downloads/{secret}": "download_export",
    "POST /exports": "export_cases",
    "GET /exports/{number}": "read_export",
    "GET /inbox": "list_messages",
    "POST /inbox/read": "mark_messages_read",
    "POST /message-reports/{channel}": "report_messages",
    "GET /privacy": "read_privacy_notice",
    "GET /provisions": "list_provisions",
    "GET /provisions/{code}": "read_provision",
    "GET /publicity": "list_publicity",
    "GET /reports/amounts": "report_amounts",
    "GET /reports/intake": "report_intake",
    "GET /reports/outcomes": "report_outcomes",
    "GET /reports/overdue": "report_overdue",
    "GET /reports/times": "report_times",
    "GET /reports/visits": "report_visits",
    "GET /requests": "list_requests",
    "GET /requests/{number}": "read_request",
    "POST /requests/{number}/answer": "answer_request",
    "POST /requests/{number}/transfer": "transfer_request",
    "POST /screenings": "screen",
    "DELETE /session": "log_out",
    "GET /session": "read_session",
    "POST /session": "log_in",
    "GET /session/oidc": "go_to_login_provider",
    "GET /session/oidc/callback": "return_from_login_provider",
    "POST /session/setup": "set_up_account",
    "GET /visits": "list_visits",
    "PUT /visits/capacity": "set_visit_capacity",
    "GET /visits/{visit}": "read_visit",
    "POST /visits/{visit}/cancellation": "cancel_visit",
    "POST /visits/{visit}/confirmation": "confirm_visit",
    "POST /visits/{visit}/correction": "correct_visit",
    "POST /visits/{visit}/move": "move_visit",
    "POST /visits/{visit}/outcome": "record_visit_outcome",
    "GET /healthz": "check_alive",
    "GET /readyz": "check_ready",
}


def name_operations(paths: Mapping[str, Any]) -> None:
    """Give every operation of a document its name: one without a name here gets that of its
    method and path."""
    for path, operations in paths.items():
        for method in _METHODS:
            if method in operations:
                route = f"{method.upper()} {path.removeprefix(_PREFIX)}"
                plain = re.sub(r"\W+", "_", route, flags=re.ASCII).strip("_").lower()
                operations[method]["operationId"] = _NAMES.get(route, plain)
