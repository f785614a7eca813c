"""Everything on one application, read in one statement, for its owner and for its bureaus."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from sqlalchemy import Connection

from casework import editions
from casework.docket.promises import FACTS, Promise, Shown, open_promises
from casework.editions import Edition
from casework.followup import requests, visit_list
from casework.formats import local, yuan
from casework.people.applicant import Applicant
from casework.receipt import parse
from casework.views import contacts, next_step, progress
from casework.views.progress import Progress
from casework.work import handover
from config.practice import Practice
from config.settings import Settings
from rules.explain import explain
from rules.notice import Notice
from schemas.contacts import Contact
from schemas.kit.answers import dump
from schemas.requests import OwnRequest
from schemas.visits import Visit
from vocabulary import deliveries
from vocabulary.cases import Act, State
from vocabulary.events import EventType
from vocabulary.outcomes import Outcome
from vocabulary.parties import Side
from vocabulary.promises import Kind
from vocabulary.zone import CHINA

_READ = f"""
SELECT a.id, a.receipt, a.notice_id, a.provision, a.uscc, a.name, a.enterprise, a.facts, a.state,
    a.outcome, a.amount, a.lead_bureau, a.copied_bureaus, a.access_hash, a.source, a.received_at,
    a.version, s.serial, s.rules_version, s.parameters_hash, s.assessed_at, s.document,
    (SELECT jsonb_agg(jsonb_build_object('type', e.type, 'actor', e.actor, 'at', e.at,
            'from_state', e.from_state, 'to_state', e.to_state, 'data', e.data) ORDER BY e.id)
        FROM event AS e WHERE e.application_id = a.id) AS events,
    (SELECT jsonb_agg(jsonb_build_object('recipient', d.recipient,
            'channel', d.channel, 'state', d.state, 'at', coalesce(d.sent_at, d.created_at),
            'read_at', d.read_at, 'attempts', d.attempts, 'event_type', e.type) ORDER BY d.id)
        FROM delivery AS d JOIN event AS e ON e.id = d.event_id
        WHERE d.application_id = a.id) AS deliveries,
    {visit_list.OF_APPLICATION} AS visit,
    {FACTS} AS promised, {requests.OF_APPLICATION} AS requests, app_now() AS now,
    {progress.COLUMNS},
    {handover.IS_STUCK} AS stuck
FROM application AS a
LEFT JOIN assessment AS s ON s.application_id = a.id AND s.in_force
WHERE a.receipt = %(receipt)s
"""  # noqa: S608 -- constants


@dataclass(frozen=True, slots=True)
class Dossier:
    """One application with its assessment in force, as read. `edition`: the data it was assessed
    with (today's, if it has not been assessed); `practice`: by which days are promised."""

    row: Mapping[str, Any]
    edition: Edition
    practice: Practice

    @property
    def notice(self) -> Notice:
        """What the notice says."""
        return self.edition.notice

    @property
    def state(self) -> State:
        """Where the application stands."""
        return State(self.row["state"])

    @property
    def promises(self) -> list[Promise]:
        """What is still to be done by a promised day, the nearest first."""
        today = self.row["now"].astimezone(CHINA).date()
        return open_promises(self.practice, self.row["promised"], today)

    @property
    def lead(self) -> Contact | None:
        """The contact that leads; the bureau's that leads by now. None before an assessment."""
        document, provision = self.row["document"], self.row["provision"]
        if document is None:
            if not self.row["stuck"]:
                return None
            return contacts.routed(self.notice, handover.routed(self.notice, provision))
        to = document["route"]["lead"]
        return contacts.lead(self.notice, provision, to, self.row["lead_bureau"])

    def bureau_name(self, bureau: str) -> str:
        """A bureau's Chinese name; its id if the notice does not name it."""
        return self.notice.name_of(bureau)


class NextStep(TypedDict):
    """Who acts next, on what, by when."""

    who: str
    action: str
    by: str | None
    by_provisional: bool
    by_basis: str
    contact: Mapping[str, str] | None


class Routed(TypedDict):
    """The bureaus told."""

    lead: Mapping[str, str] | None
    copies: list[Mapping[str, str]]


class NamedPromise(Shown):
    """A promise with the name of who is to keep it."""

    bureau_name: str


class TimelineEntry(TypedDict):
    """One thing that happened."""

    at: str
    type: str
    text: str


class Status(Progress):
    """Everything the applicant may know about an application."""

    receipt: str
    notice: str
    provision: str
    provision_title: str
    enterprise: Applicant
    received_at: str
    state: str
    state_text: str
    outcome: str | None
    outcome_text: str | None
    amount: str | None
    next: NextStep
    bureaus: Routed | None
    visit: Mapping[str, Any] | None
    promises: list[NamedPromise]
    requests: list[Mapping[str, Any]]
    timeline: list[TimelineEntry]
    assessment: Mapping[str, Any] | None


def read(conn: Connection, settings: Settings, receipt: str) -> Dossier | None:
    """The dossier of a receipt number as typed, or None."""
    row = conn.exec_driver_sql(_READ, {"receipt": parse(receipt)}).mappings().one_or_none()
    if row is None:
        return None
    edition = editions.edition_used(conn, row["notice_id"], row["parameters_hash"])
    return Dossier(dict(row), edition, settings.practice)


def summary(dossier: Dossier, *, officer: bool = False) -> Status:
    """What the applicant and the bureau both see: standing, next step, timeline, assessment.

    In: whether an officer reads it, who also sees earlier receipts and internal remarks.
    """
    row = dossier.row
    outcome = row["outcome"]
    assessment = _assessment(dossier, officer=officer)
    forms = dossier.edition.forms
    both = progress.for_both(row, dossier.bureau_name, forms.forms.get(row["provision"]))
    return {
        "receipt": row["receipt"],
        "notice": row["notice_id"],
        "provision": row["provision"],
        "provision_title": dossier.notice.provisions[row["provision"]]["title"],
        "enterprise": {"name": row["name"], "uscc": row["uscc"]},
        "received_at": local(row["received_at"]),
        "state": dossier.state.value,
        "state_text": dossier.state.label,
        "outcome": outcome,
        "outcome_text": Outcome(outcome).label if outcome else None,
        "amount": yuan(row["amount"]),
        "next": _next_step(dossier, assessment, both),
        "bureaus": _bureaus(dossier),
        "visit": row["visit"] and dump(visit_list.shown(Visit, row["visit"], dossier.bureau_name)),
        "promises": [
            {**promise.document(), "bureau_name": dossier.bureau_name(promise.bureau)}
            for promise in dossier.promises
        ],
        "requests": [
            dump(requests.shown(OwnRequest, request, dossier.bureau_name))
            for request in row["requests"]
        ],
        "timeline": _timeline(dossier),
        "assessment": assessment,
        **both,
    }


def _assessment(dossier: Dossier, *, officer: bool) -> dict[str, Any] | None:
    row = dossier.row
    if row["document"] is None:
        return None
    # What a person determined stands above what the rules leave open, here as everywhere.
    document = {**row["document"], "outcome": row["outcome"]}
    return {
        **explain(document, dossier.notice, dossier.edition.forms.words, officer=officer),
        "serial": row["serial"],
        "assessed_at": local(row["assessed_at"]),
        "rules_version": row["rules_version"],
        "parameters_hash": bytes(row["parameters_hash"]).hex(),
    }


def _bureaus(dossier: Dossier) -> Routed | None:
    document = dossier.row["document"]
    if document is None:
        return {"lead": _lead(dossier), "copies": []} if dossier.row["stuck"] else None
    copies = document["route"]["copies"]
    return {
        "lead": _lead(dossier),
        "copies": [dump(contacts.routed(dossier.notice, copy)) for copy in copies],
    }


def _lead(dossier: Dossier) -> Mapping[str, str] | None:
    lead = dossier.lead
    return None if lead is None else dump(lead)


def _next_step(dossier: Dossier, assessment: Mapping[str, Any] | None, both: Progress) -> NextStep:
    """Who acts next, on what, by when and why then. The notice itself sets no dates."""
    row = dossier.row
    decider = dossier.notice.provisions[row["provision"]]["decider"]
    above = dossier.notice.above_bureaus
    who, action = next_step.decide(
        dossier.state,
        row["outcome"],
        assessment,
        above=dossier.bureau_name(decider) if decider == above else None,
        determination=both["determination"],
        reviewable=Act.REQUEST_REVIEW in both["actions"],
    )
    if row["stuck"]:
        who, action = Side.BUREAU, next_step.STUCK
    asked_until = progress.due(row)
    if asked_until is not None:
        return {
            "who": Side.APPLICANT,
            "action": "请按所列事项补正",
            "by": asked_until,
            "by_provisional": False,
            "by_basis": "联系单位要求补正时确定的期限",
            "contact": _lead(dossier),
        }
    by, provisional, basis = (
        _by(dossier) if who == Side.BUREAU else (None, False, next_step.NO_DATE)
    )
    return {
        "who": who,
        "action": action,
        "by": by,
        "by_provisional": provisional,
        "by_basis": basis,
        "contact": _lead(dossier),
    }


def _by(dossier: Dossier) -> tuple[str | None, bool, str]:
    """By when the bureau acts (its decision, else its visit), if that is a guess, and why."""
    for promise in dossier.promises:
        if promise.kind in (Kind.DETERMINE, Kind.REVIEW):
            return promise.due_on.isoformat(), promise.provisional, promise.basis
    visit = dossier.row["visit"]
    if visit is None:
        return None, False, next_step.NO_DATE
    return visit["planned_on"], visit["provisional"], visit["basis"]


def _timeline(dossier: Dossier) -> list[TimelineEntry]:
    """Events and deliveries in order of time, each with a Chinese sentence."""
    lines: list[TimelineEntry] = [
        {
            "at": event["at"],
            "type": event["type"],
            "text": EventType(event["type"]).sentence(event["data"], dossier.bureau_name),
        }
        for event in dossier.row["events"] or ()
        if EventType(event["type"]).is_on_timeline
    ]
    lines += [
        {
            "at": delivery["at"],
            "type": f"delivery.{delivery['state']}",
            "text": deliveries.sentence(
                delivery,
                EventType(delivery["event_type"]).audience.heading,
                dossier.bureau_name,
            ),
        }
        for delivery in dossier.row["deliveries"] or ()
    ]
    for line in lines:
        line["at"] = local(datetime.fromisoformat(line["at"]))
    # Stable: what happened in one transaction keeps its order.
    return sorted(lines, key=lambda line: line["at"])
