"""Making the Flask application."""

from __future__ import annotations

from typing import Any

from flask import Flask

from api import compression, cross_origin, errors, middleware, openapi, services
from api.auth import require_marks
from api.json_responses import Provider
from api.limits import Limiter
from api.opening import Opening
from api.probe import Probe
from api.routes import (
    access_codes,
    account,
    addresses,
    applicant_acts,
    applications,
    audit,
    batch,
    bounces,
    calendars,
    cases,
    delegations,
    docs,
    documents,
    exports,
    health,
    inbox,
    message_choices,
    objections,
    officer_acts,
    payments,
    practice,
    privacy,
    provisions,
    publicity,
    reports,
    requests,
    screenings,
    security_txt,
    sessions,
    visits,
    webhooks,
)
from casework.database import open_for_requests
from casework.docket.clients import Clients
from casework.docket.in_force import InForce
from casework.intake.group_commit import GroupCommit
from casework.notices import editions
from casework.operations import gauges, readiness
from casework.operations.failed_tries import FailedTries
from config import capacity
from config.settings import Settings


class _Api(Flask):
    def log_exception(self, exc_info: Any) -> None:
        """Nothing: Flask's line holds the path, and paths hold secrets. `api.errors` reports."""


def create_app(settings: Settings) -> Flask:
    """Build the application for the given settings; nothing is connected yet.

    Raises ``SettingsError`` without a secret key, ``NoticeDataError`` for faulty notice data: an
    API that could not accept an application does not start.
    """
    settings.require_secret_key()
    settings.require_data_keys()
    app = _Api("api", static_folder=None)
    app.json = Provider(app)
    # Werkzeug's own limit would answer before the request's rest is read; api.body bounds it.
    app.config.update(MAX_CONTENT_LENGTH=None, PROVIDE_AUTOMATIC_OPTIONS=False)
    db = open_for_requests(settings)
    services.attach(
        app,
        services.Services(
            in_force=InForce(db, settings),
            db=db,
            filing=GroupCommit(
                db, group=capacity.GROUP, few=capacity.FEW, patience=capacity.PATIENCE_SECONDS
            ),
            forms_of=editions.forms_of(settings),
            clients=Clients(db, settings),
            limiter=Limiter(settings),
            tries=FailedTries(db),
            ready=Probe(lambda: readiness.check(db, settings)),
            measured=Probe(lambda: gauges.read(db)),
            opening=Opening(),
        ),
    )
    middleware.register(app, settings.answer_seconds)
    app.before_request(services.of(app).opening.require)
    errors.register(app)
    compression.register(app)
    cross_origin.register(app, settings.cors_origins)
    docs.register(app)
    app.register_blueprint(security_txt.blueprint)
    intake = (applications, batch, screenings, applicant_acts, access_codes, provisions)
    resources = (
        *intake,
        cases,
        officer_acts,
        documents,
        audit,
        delegations,
        inbox,
        message_choices,
        visits,
        requests,
        calendars,
        reports,
        exports,
        publicity,
        payments,
        objections,
        addresses,
        practice,
        privacy,
        bounces,
        health,
        sessions,
        account,
        webhooks,
    )
    blueprints = [resource.blueprint for resource in resources]
    openapi.register(app, blueprints, editions.offers(settings), settings.public_url)
    require_marks(app)
    return app
