"""The textbook's stages, one Celery task each: assess, route, notify, visit."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime

from celery import Celery
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as OrmSession

from bench.decision import Decision, assessed_data, bureaus, decide, plan_visit
from bench.textbook.models import (
    Application,
    Assessment,
    BenefitClaim,
    Delivery,
    Event,
    Reminder,
    Visit,
    make_session,
)
from casework.docket import states
from config.settings import Settings
from rules.model import Taken
from vocabulary.cases import State
from vocabulary.deliveries import Channel, DeliveryState, RecipientKind
from vocabulary.outcomes import VISITED, Outcome
from vocabulary.visits import VisitState
from vocabulary.work import Stage
from vocabulary.zone import CHINA

settings = Settings.from_env(os.environ)
Session = make_session()
celery = Celery("textbook", broker=settings.redis_url)
celery.conf.task_ignore_result = True


@celery.task(autoretry_for=(IntegrityError,), max_retries=5)
def assess(application_id: int) -> None:
    """Decide, enter it under its benefit keys, write the assessment."""
    now = datetime.now(CHINA)
    with Session.begin() as session:
        application = session.get_one(Application, application_id, with_for_update=True)
        if application.state != State.RECEIVED:
            return
        decision = _decide(application)
        taken = _meet(session, application_id, decision.assessment.overlap.keys)
        if taken:
            decision = _decide(application, taken)
        session.add(Assessment(application_id=application_id, assessed_at=now, **decision.row()))
    route.delay(application_id)


@celery.task
def route(application_id: int) -> None:
    """Put the outcome and its bureaus on the application, with an event."""
    with Session.begin() as session:
        application = session.get_one(Application, application_id, with_for_update=True)
        if application.state != State.RECEIVED:
            return
        assessment = session.scalars(
            select(Assessment).where(
                Assessment.application_id == application_id, Assessment.in_force
            )
        ).one()
        state = states.move(State.RECEIVED, Outcome(assessment.outcome))
        lead, copied = bureaus(assessment.document["route"])
        session.add(
            Event(
                application_id=application_id,
                type="application.assessed",
                actor="system",
                from_state=application.state,
                to_state=state,
                data=assessed_data(assessment.outcome, assessment.amount, lead),
                at=datetime.now(CHINA),
            )
        )
        application.state = state
        application.outcome = assessment.outcome
        application.amount = assessment.amount
        application.lead_bureau = lead
        application.copied_bureaus = copied
        application.version += 1
    notify.delay(application_id)


@celery.task
def notify(application_id: int) -> None:
    """Tell the lead bureau and those copied: an inbox row each."""
    now = datetime.now(CHINA)
    with Session.begin() as session:
        application = session.get_one(Application, application_id)
        event = session.scalars(
            select(Event).where(
                Event.application_id == application_id, Event.type == "application.assessed"
            )
        ).one()
        for bureau in (application.lead_bureau, *application.copied_bureaus):
            session.add(
                Delivery(
                    event_id=event.id,
                    application_id=application_id,
                    recipient_kind=RecipientKind.BUREAU,
                    recipient=bureau,
                    channel=Channel.INBOX,
                    state=DeliveryState.SENT,
                    created_at=now,
                    sent_at=now,
                )
            )
    visit.delay(application_id)


@celery.task
def visit(application_id: int) -> None:
    """Plan the visit, with an event and reminders."""
    now = datetime.now(CHINA)
    planned = plan_visit(settings, now)
    with Session.begin() as session:
        application = session.get_one(Application, application_id)
        if Outcome(application.outcome) not in VISITED:
            return
        planned_visit = Visit(
            uscc=application.uscc,
            application_id=application_id,
            bureau=application.lead_bureau,
            planned_on=planned.on,
            provisional=planned.provisional,
            basis=planned.basis,
            state=VisitState.PLANNED,
            created_at=now,
        )
        session.add(planned_visit)
        session.flush()
        session.add(
            Event(
                application_id=application_id,
                type="visit.scheduled",
                actor="system",
                data={
                    "visit": planned_visit.id,
                    "bureau": planned_visit.bureau,
                    "planned_on": planned.on.isoformat(),
                    "provisional": planned.provisional,
                },
                at=now,
            )
        )
        for stage, subject, due in (
            (Stage.REMIND, planned_visit.id, planned.remind_at),
            (Stage.CHASE, application_id, planned.watch_at),
        ):
            session.add(Reminder(stage=stage, subject_id=subject, not_before=due, created_at=now))
        application.visit_id = planned_visit.id


def _decide(application: Application, taken: dict[str, Taken] | None = None) -> Decision:
    return decide(
        settings,
        application.provision,
        application.enterprise,
        application.facts,
        application.received_at,
        taken,
    )


def _meet(session: OrmSession, application_id: int, keys: Sequence[str]) -> dict[str, Taken]:
    """Enter an application under its benefit keys. Returns those that are granted to others."""
    known = session.scalars(
        select(BenefitClaim).where(BenefitClaim.key.in_(keys)).with_for_update()
    ).all()
    for claim in known:
        claim.concerned = [*claim.concerned, application_id]
    for key in set(keys).difference(claim.key for claim in known):
        session.add(BenefitClaim(key=key, concerned=[application_id]))
    rows = session.execute(
        select(BenefitClaim.key, BenefitClaim.amount, Application.receipt)
        .join(Application, Application.id == BenefitClaim.application_id)
        .where(BenefitClaim.key.in_(keys))
    )
    return {row.key: Taken(receipt=row.receipt, amount=row.amount) for row in rows}
