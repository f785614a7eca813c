"""What the migrations are expected to make: every table, written a second time.

Importing this package completes `metadata`. The product reads and writes in SQL (decision 18).
"""

from tests.support.tables.access import api_token, delegation
from tests.support.tables.access_code import access_code
from tests.support.tables.account import (
    account,
    account_session,
    kept_list,
    login_back_off,
    recovery_code,
)
from tests.support.tables.application import application, idempotency, receipt_number
from tests.support.tables.assessment import (
    assessment,
    benefit_claim,
    cap_account,
    cap_grant,
    official_finding,
    parameter_set,
)
from tests.support.tables.base import metadata
from tests.support.tables.canary import canary
from tests.support.tables.casework import (
    callback,
    determination,
    duplicate,
    rating,
    review,
    supplement,
)
from tests.support.tables.clock import clock
from tests.support.tables.contact_code import contact_code
from tests.support.tables.delivery import delivery
from tests.support.tables.document import document, document_file
from tests.support.tables.draft import draft, ended_draft
from tests.support.tables.enterprise_session import enterprise_session
from tests.support.tables.event import event, event_seal
from tests.support.tables.event_text import event_text
from tests.support.tables.export import export, export_chunk
from tests.support.tables.followup import bureau_day, digest, promise_told, request
from tests.support.tables.fulfilment import (
    fulfilment,
    objection,
    payment_account,
    payment_batch,
    payment_line,
    reclaim,
)
from tests.support.tables.import_upload import import_piece, import_upload
from tests.support.tables.index_key import index_key
from tests.support.tables.key_check import key_check
from tests.support.tables.known_name import known_name
from tests.support.tables.practice import bureau_address, message_choice, practice_change
from tests.support.tables.visit import calendar_feed, visit, visit_plan
from tests.support.tables.webhook import channel_target, webhook_endpoint, webhook_secret
from tests.support.tables.work import work_item

__all__ = [
    "access_code",
    "account",
    "account_session",
    "api_token",
    "application",
    "assessment",
    "benefit_claim",
    "bureau_address",
    "bureau_day",
    "calendar_feed",
    "callback",
    "canary",
    "cap_account",
    "cap_grant",
    "channel_target",
    "clock",
    "contact_code",
    "delegation",
    "delivery",
    "determination",
    "digest",
    "document",
    "document_file",
    "draft",
    "duplicate",
    "ended_draft",
    "enterprise_session",
    "event",
    "event_seal",
    "event_text",
    "export",
    "export_chunk",
    "fulfilment",
    "idempotency",
    "import_piece",
    "import_upload",
    "index_key",
    "kept_list",
    "key_check",
    "known_name",
    "login_back_off",
    "message_choice",
    "metadata",
    "objection",
    "official_finding",
    "parameter_set",
    "payment_account",
    "payment_batch",
    "payment_line",
    "practice_change",
    "promise_told",
    "rating",
    "receipt_number",
    "reclaim",
    "recovery_code",
    "request",
    "review",
    "supplement",
    "visit",
    "visit_plan",
    "webhook_endpoint",
    "webhook_secret",
    "work_item",
]
