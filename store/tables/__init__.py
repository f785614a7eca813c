"""Every table; importing this package completes `metadata`."""

from store.tables.access import api_token, delegation
from store.tables.application import application, idempotency, receipt_number
from store.tables.assessment import (
    assessment,
    benefit_claim,
    cap_account,
    cap_grant,
    official_finding,
    parameter_set,
)
from store.tables.base import metadata
from store.tables.canary import canary
from store.tables.casework import callback, determination, rating, review, supplement
from store.tables.clock import clock
from store.tables.delivery import delivery
from store.tables.event import event
from store.tables.export import export, export_chunk
from store.tables.followup import digest, promise_told, request
from store.tables.visit import calendar_feed, visit, visit_plan
from store.tables.webhook import channel_target, webhook_endpoint, webhook_secret
from store.tables.work import work_item

__all__ = [
    "api_token",
    "application",
    "assessment",
    "benefit_claim",
    "calendar_feed",
    "callback",
    "canary",
    "cap_account",
    "cap_grant",
    "channel_target",
    "clock",
    "delegation",
    "delivery",
    "determination",
    "digest",
    "event",
    "export",
    "export_chunk",
    "idempotency",
    "metadata",
    "official_finding",
    "parameter_set",
    "promise_told",
    "rating",
    "receipt_number",
    "request",
    "review",
    "supplement",
    "visit",
    "visit_plan",
    "webhook_endpoint",
    "webhook_secret",
    "work_item",
]
