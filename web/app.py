"""Making the Flask application with everything it serves: the API and the pages."""

from __future__ import annotations

from flask import Flask
from jinja2 import StrictUndefined

from api.app import create_app as create_api
from api.auth import require_marks
from config.settings import Settings
from web.desk import account as desk_account
from web.desk import bulk_acts as desk_bulk_acts
from web.desk import calendars as desk_calendars
from web.desk import case as desk_case
from web.desk import case_acts as desk_case_acts
from web.desk import case_approval as desk_case_approval
from web.desk import case_decide as desk_case_decide
from web.desk import case_documents as desk_case_documents
from web.desk import case_supplement as desk_case_supplement
from web.desk import cases as desk_cases
from web.desk import importing as desk_importing
from web.desk import login as desk_login
from web.desk import messages as desk_messages
from web.desk import objections as desk_objections
from web.desk import pair as desk_pair
from web.desk import payment_acts as desk_payment_acts
from web.desk import payments as desk_payments
from web.desk import reports as desk_reports
from web.desk import requests as desk_requests
from web.desk import today as desk_today
from web.desk import visit_assignments
from web.desk import visits as desk_visits
from web.desk.admin import accounts as desk_accounts
from web.desk.admin import addresses as desk_addresses
from web.desk.admin import letters as desk_letters
from web.desk.admin import notices as desk_notices
from web.desk.admin import operator as desk_operator
from web.desk.admin import practice as desk_practice
from web.desk.admin import tokens as desk_tokens
from web.desk.admin import trail as desk_trail
from web.desk.admin import webhooks as desk_webhooks
from web.parts import assets, problems
from web.parts.pages import Pages
from web.portal import (
    about,
    again,
    apply,
    apply_check,
    apply_resume,
    apply_steps,
    codes,
    contacts,
    home,
    login,
    materials,
    measures,
    mine,
    objections,
    privacy,
    publicity,
    receipt,
    screening,
    status,
    status_acts,
    status_documents,
    supplement,
)
from web.portal.pages import LAYOUT

PAGES: tuple[Pages, ...] = (
    home.pages,
    measures.pages,
    apply.pages,
    apply_steps.pages,
    materials.pages,
    apply_check.pages,
    apply_resume.pages,
    contacts.pages,
    publicity.pages,
    objections.pages,
    about.pages,
    privacy.pages,
    receipt.pages,
    login.pages,
    mine.pages,
    again.pages,
    screening.pages,
    codes.pages,
    status.pages,
    status_acts.pages,
    status_documents.pages,
    supplement.pages,
    desk_login.pages,
    desk_account.pages,
    desk_today.pages,
    desk_cases.pages,
    desk_bulk_acts.pages,
    desk_case.pages,
    desk_case_acts.pages,
    desk_case_approval.pages,
    desk_case_decide.pages,
    desk_case_documents.pages,
    desk_case_supplement.pages,
    desk_pair.pages,
    desk_importing.pages,
    desk_trail.pages,
    desk_operator.pages,
    desk_payments.pages,
    desk_payment_acts.pages,
    desk_objections.pages,
    desk_accounts.pages,
    desk_tokens.pages,
    desk_webhooks.pages,
    desk_addresses.pages,
    desk_letters.pages,
    desk_notices.pages,
    desk_practice.pages,
    desk_reports.pages,
    desk_visits.pages,
    visit_assignments.pages,
    desk_requests.pages,
    desk_calendars.pages,
    desk_messages.pages,
)
"""Every set of pages; who adds one names it here."""


def create_app(settings: Settings) -> Flask:
    """Build the application for the given settings; nothing is connected yet.

    Raises ``SettingsError`` without a secret key, ``NoticeDataError`` for faulty notice data.
    """
    app = create_api(settings)
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    app.register_blueprint(assets.blueprint)
    for pages in PAGES:
        app.register_blueprint(pages)
    problems.register(app, layout=LAYOUT)
    require_marks(app)
    return app
