"""The textbook's intake: parse, check, insert by ORM, commit, `.delay()`, answer 202."""

from __future__ import annotations

import os

from flask import Flask, Response, jsonify, request
from sqlalchemy import Date, cast, func, select

from bench.textbook.models import Application, Event, make_session
from bench.textbook.tasks import assess
from casework.personal import credentials
from config.settings import Settings
from schemas.kit.format_errors import FormatErrors
from tests.support.packaged import load_application
from tests.support.tables import receipt_number
from vocabulary.cases import Source, State

app = Flask(__name__)
settings = Settings.from_env(os.environ)
Session = make_session()
TODAY = cast(func.timezone("Asia/Shanghai", func.now()), Date)
RECEIPT = func.receipt_for(receipt_number.next_value(), TODAY)


@app.get("/healthz")
def healthz() -> Response:
    """Say that we serve."""
    return jsonify(status="ok")


@app.post("/api/v1/applications")
def submit() -> tuple[Response, int]:
    """Accept one application."""
    try:
        submission = load_application(request.get_json())
    except FormatErrors as refused:
        errors = [
            {"pointer": error.pointer, "code": error.code, "message": error.message}
            for error in refused.errors
        ]
        return jsonify(errors=errors), 422
    access_code = credentials.random_access_code()
    with Session.begin() as session:
        application = Application(
            receipt=session.scalar(select(RECEIPT)),
            notice_id=settings.notice_id,
            provision=submission.provision,
            uscc=submission.enterprise.get("uscc"),
            name=submission.enterprise["name"],
            enterprise=submission.enterprise,
            facts=submission.facts,
            state=State.RECEIVED,
            access_hash=credentials.access_hash(settings.secret_key, access_code),
            source=Source.FORM,
            received_at=func.now(),
        )
        session.add(application)
        session.flush()
        session.add(
            Event(
                application_id=application.id,
                type="application.received",
                actor="enterprise",
                to_state=State.RECEIVED,
                data={},
                at=func.now(),
            )
        )
    assess.delay(application.id)
    answer = {
        "receipt": application.receipt,
        "access_code": access_code,
        "status_url": f"{settings.public_url}/api/v1/applications/{application.receipt}",
    }
    return jsonify(answer), 202
