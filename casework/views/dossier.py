"""Everything on one application, read in one statement, for its owner and for its bureaus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Connection

from casework.docket import desk, promises, reasons, states, supplement_asked
from casework.docket.promises import FACTS, open_promises
from casework.followup import requests, visit_list
from casework.fulfilment import standing
from casework.fulfilment.shown import has_arrived, needs_account
from casework.fulfilment.shown import shown as fulfilment_shown
from casework.notices import contacts, editions
from casework.notices.editions import Edition
from casework.personal import notes, parts
from casework.views import declared, next_step, overlaps, progress, who_files
from config.practice import Practice
from config.settings import Settings
from rules.deciders import on_case
from rules.explain import explain
from rules.notice import Notice
from rules.routing import residual
from schemas.applicant import Applicant
from schemas.assessments import Assessment
from schemas.contacts import Contact
from schemas.kit.answers import build
from schemas.payments import Fulfilment
from schemas.promises import Promise
from schemas.requests import OwnRequest
from schemas.status import DeterminationInForce, Looks, NextStep, Routed, Status, Timeline
from schemas.visits import Visit
from store import predicates
from vocabulary import deliveries
from vocabulary.cases import Act, State
from vocabulary.events import EventType
from vocabulary.outcomes import Outcome, Truth
from vocabulary.parties import Side
from vocabulary.promises import Kind
from vocabulary.receipts import parse
from vocabulary.visits import OPEN_VISITS, VisitState, is_guess
from vocabulary.zone import CHINA

_READ = f"""
SELECT a.id, a.receipt, a.notice_id, a.provision, a.uscc, a.name, a.enterprise, a.facts, a.personal,
    a.state, a.is_trial,
    a.outcome, a.amount, a.lead_bureau, a.copied_bureaus, a.access_hash, a.source, a.received_at,
    a.version, a.identity, a.identity_how, a.identity_at, a.identity_checked_at,
    a.confirmed_channels, {predicates.VERIFIED} AS is_verified,
    s.serial, s.rules_version, s.parameters_hash, s.assessed_at,
    nullif(s.document, jsonb_build_object()) AS document,
    (SELECT jsonb_agg(jsonb_build_object('type', e.type, 'actor', e.actor, 'at', e.at,
            'from_state', e.from_state, 'to_state', e.to_state, 'data', e.data) ORDER BY e.id)
        FROM event AS e WHERE e.application_id = a.id) AS events,
    (SELECT jsonb_agg(jsonb_build_object('recipient', d.recipient,
            'channel', d.channel, 'state', d.state, 'at', coalesce(d.sent_at, d.created_at),
            'read_at', d.read_at, 'attempts', d.attempts, 'event_type', e.type) ORDER BY d.id)
        FROM delivery AS d JOIN event AS e ON e.id = d.event_id
        WHERE d.application_id = a.id) AS deliveries,
    (SELECT jsonb_agg(to_jsonb(l) ORDER BY l.last_at DESC) FROM (
        SELECT e.data ->> 'bureau' AS bureau, count(*) AS times, max(e.at) AS last_at
        FROM event AS e WHERE (e.application_id = a.id OR e.shown @> ARRAY[a.id])
            AND e.type LIKE 'access.%%' AND e.data ? 'bureau' GROUP BY 1) AS l) AS looks,
    {visit_list.OF_APPLICATION} AS visit,
    {FACTS} AS promised, {requests.OF_APPLICATION} AS requests, app_now() AS now,
    {standing.OF_APPLICATION} AS fulfilment,
    {progress.COLUMNS},
    {predicates.IS_STUCK} AS stuck
FROM application AS a
LEFT JOIN assessment AS s ON s.application_id = a.id AND s.in_force
WHERE a.receipt = %(receipt)s
"""  # noqa: S608 -- constants


@dataclass(frozen=True, slots=True)
class Dossier:
    """One application with its assessment in force, as read. `edition`: the data it was assessed
    with (today's, if it has not been assessed); `practice`: by which days are promised;
    `met`: other applications that it meets."""

    row: Mapping[str, Any]
    edition: Edition
    practice: Practice
    met: overlaps.Met | None

    @property
    def notice(self) -> Notice:
        """What the notice says."""
        return self.edition.notice

    @property
    def state(self) -> State:
        """Where the application stands."""
        return State(self.row["state"])

    @property
    def promises(self) -> list[promises.Promise]:
        """What is still to be done by a promised day, the nearest first; of a trial nothing is."""
        if self.row["is_trial"]:
            return []
        today = self.row["now"].astimezone(CHINA).date()
        return open_promises(self.practice, self.row["promised"], today)

    @property
    def lead(self) -> Contact | None:
        """The contact that leads; the bureau's that leads by now. None before an assessment."""
        document, provision = self.row["document"], self.row["provision"]
        if document is None:
            if not self.row["stuck"]:
                return None
            return contacts.routed(self.notice, residual(provision, self.notice).document())
        to = document["route"]["lead"]
        return contacts.lead(self.notice, provision, to, self.row["lead_bureau"])

    def bureau_name(self, bureau: str) -> str:
        """A bureau's Chinese name; its id if the notice does not name it."""
        return self.notice.name_of(bureau)


T = TypeVar("T", bound=Status)


def read(conn: Connection, settings: Settings, receipt: str) -> Dossier | None:
    """The dossier of a receipt number as typed, or None."""
    row = conn.exec_driver_sql(_READ, {"receipt": parse(receipt)}).mappings().one_or_none()
    if row is None:
        return None
    edition = editions.edition_used(conn, row["notice_id"], row["parameters_hash"])
    enterprise, facts = parts.put_back(
        row["receipt"], row["enterprise"], row["facts"], row["personal"]
    )
    document = notes.opened(row["document"], row["id"], row["serial"])
    told = {**row, "enterprise": enterprise, "facts": facts, "document": document}
    for kind in ("events", "calls"):
        told[kind] = _with_reasons(conn, row["id"], row[kind] or ())
    return Dossier(told, edition, settings.practice, overlaps.read(conn, row["id"]))


def _with_reasons(
    conn: Connection, application_id: int, happened: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    datas = reasons.with_reasons(conn, [each["data"] for each in happened])
    datas = reasons.with_papers(conn, application_id, datas)
    return [{**each, "data": data} for each, data in zip(happened, datas, strict=True)]


def summary(kind: type[T], dossier: Dossier, *, officer: bool = False, **more: Any) -> T:
    """What the applicant and the bureau both see: standing, next step, timeline, assessment.

    Takes whether an officer reads it, who also sees earlier receipts and internal remarks; what the
    `kind` holds beyond that.
    """
    if dossier.row["is_trial"] and dossier.row["document"] and not officer:
        # Nobody leads it; whoever sent it sees who would.
        would = dossier.row["document"]["route"]["lead"]["bureau"]
        dossier = replace(dossier, row={**dossier.row, "lead_bureau": would})
    row = dossier.row
    outcome = Outcome(row["outcome"]) if row["outcome"] else None
    names = dossier.bureau_name
    determination = progress.in_force(row, names)
    assessment = _assessment(dossier, determined=determination is not None, officer=officer)
    actions = [
        act
        for act in states.allowed(dossier.state, Side.APPLICANT)
        if (act is not Act.VERIFY_CONTACT or who_files.to_confirm(row))
        and (act is not Act.RATE or row["rating"] is None)
        and (not row["is_trial"] or act in desk.ON_A_TRIAL)
    ]
    return kind(
        receipt=row["receipt"],
        notice=row["notice_id"],
        provision=row["provision"],
        provision_title=dossier.notice.provisions[row["provision"]]["title"],
        enterprise=Applicant(name=row["name"], uscc=row["uscc"]),
        former_names=supplement_asked.former_names(row["renamed"], row["name"]),
        received_at=row["received_at"],
        trial=row["is_trial"],
        identity=who_files.shown(row),
        state=dossier.state,
        state_text=dossier.state.label,
        outcome=outcome,
        outcome_text=outcome and outcome.result(determined=determination is not None),
        amount=row["amount"],
        next=_next_step(dossier, assessment, determination, actions),
        bureaus=_bureaus(dossier),
        visit=row["visit"] and visit_list.shown(Visit, row["visit"], names),
        promises=[
            promise.shown(Promise, bureau_name=names(promise.bureau))
            for promise in dossier.promises
        ],
        requests=[requests.shown(OwnRequest, request, names) for request in row["requests"]],
        timeline=_timeline(dossier),
        assessment=assessment,
        version=row["version"],
        determined_amount=row["determined_amount"],
        supplement=progress.supplement(
            row, names, dossier.edition.forms.forms.get(row["provision"])
        ),
        determination=determination,
        fulfilment=row["fulfilment"] and fulfilment_shown(Fulfilment, row["fulfilment"], names),
        overlaps=(overlaps.for_officer if officer else overlaps.for_applicant)(
            dossier.met, dossier.notice
        ),
        duplicate_of=row["duplicate_of"],
        review=progress.review(row),
        rating=progress.rating(row),
        looks=[
            build(Looks, each, bureau_name=names(each["bureau"])) for each in row["looks"] or ()
        ],
        actions=actions,
        **more,
    )


def _assessment(dossier: Dossier, *, determined: bool, officer: bool) -> Assessment | None:
    row = dossier.row
    if row["document"] is None:
        return None
    # What a person determined stands above what the rules leave open, here as everywhere.
    document = {**row["document"], "outcome": row["outcome"]}
    notice = dossier.notice
    explained = explain(
        document,
        notice,
        dossier.edition.forms.words,
        determined=determined,
        officer=officer,
        bureaus=on_case(document, notice, row["lead_bureau"], row["copied_bureaus"]),
        settled=dossier.state not in states.TO_DETERMINE,
    )
    if officer:
        _add_declared(dossier, explained)
    return Assessment(
        **explained,
        serial=row["serial"],
        assessed_at=row["assessed_at"],
        rules_version=row["rules_version"],
        parameters_hash=bytes(row["parameters_hash"]).hex(),
    )


def _add_declared(dossier: Dossier, explained: dict[str, Any]) -> None:
    """Beside every condition that an official has to find: what the applicant declared of it."""
    row, forms = dossier.row, dossier.edition.forms
    filed = {"enterprise": row["enterprise"], "facts": row["facts"]}
    form = forms.forms.get(row["provision"])
    for point in (*explained["findings"], *explained["needs_finding"]):
        if point.get("waits_for", "official") == "official" and point.get("result") in (
            None,
            Truth.UNKNOWN,
        ):
            point["declared"] = declared.about(
                dossier.notice, point["condition"], point["item"], filed, form, forms.words
            )


def _bureaus(dossier: Dossier) -> Routed | None:
    lead = dossier.lead
    if lead is None:
        return None
    document = dossier.row["document"]
    copies = document["route"]["copies"] if document else ()
    return Routed(lead=lead, copies=[contacts.routed(dossier.notice, copy) for copy in copies])


def _next_step(
    dossier: Dossier,
    assessment: Assessment | None,
    determination: DeterminationInForce | None,
    actions: Sequence[Act],
) -> NextStep:
    """Who acts next, on what, by when and why then. The notice itself sets no dates."""
    row = dossier.row
    decider = dossier.notice.provisions[row["provision"]]["decider"]
    above = dossier.notice.above_bureaus
    who, action = next_step.decide(
        dossier.state,
        row["outcome"],
        assessment,
        above=dossier.bureau_name(decider) if decider == above else None,
        granted=None if determination is None else determination.granted,
        reopened=progress.is_reopened(row),
        reviewable=Act.REQUEST_REVIEW in actions,
        visited=bool(row["visit"]) and VisitState(row["visit"]["state"]) is VisitState.DONE,
        arrived=bool(row["fulfilment"]) and has_arrived(row["fulfilment"]),
    )
    action += who_files.waits(row, dossier.state, who)
    if row["stuck"]:
        who, action = Side.BUREAU, next_step.STUCK
    by, provisional, basis = (
        _by(dossier) if who == Side.BUREAU else (None, False, next_step.NO_DATE)
    )
    if row["fulfilment"] and needs_account(row["fulfilment"]):
        who, action = Side.APPLICANT, next_step.ACCOUNT
        by, provisional, basis = None, False, next_step.NO_DATE
    asked_until = progress.due(row)
    if asked_until is not None:
        who, action = Side.APPLICANT, "请按所列事项补正"
        by, provisional = asked_until, False
        basis = "联系单位要求补正时确定的期限" + progress.called(row)
    return NextStep(
        who=who,
        action=action,
        by=by,
        by_provisional=provisional,
        by_basis=basis,
        contact=dossier.lead,
    )


def _by(dossier: Dossier) -> tuple[date | None, bool, str]:
    """By when the bureau acts (its decision, else its visit), if that is a guess, and why."""
    for promise in dossier.promises:
        if promise.kind in (Kind.DETERMINE, Kind.REVIEW):
            return promise.due_on, promise.provisional, promise.basis
    visit = dossier.row["visit"]
    if visit is None or VisitState(visit["state"]) not in OPEN_VISITS:
        return None, False, next_step.NO_DATE
    guess = is_guess(VisitState(visit["state"]), is_provisional=visit["provisional"])
    return date.fromisoformat(visit["planned_on"]), guess, visit["basis"]


def _timeline(dossier: Dossier) -> list[Timeline]:
    """Events and deliveries in order of time, each with a Chinese sentence."""
    names = dossier.bureau_name
    lines = [
        build(
            Timeline,
            event,
            text=EventType(event["type"]).sentence(event["data"], names),
            folded=False,
        )
        for event in dossier.row["events"] or ()
        if EventType(event["type"]).is_on_timeline
    ]
    for delivery in dossier.row["deliveries"] or ():
        heading = EventType(delivery["event_type"]).audience.heading
        text = deliveries.sentence(delivery, heading, names)
        lines.append(
            build(Timeline, delivery, type=f"delivery.{delivery['state']}", text=text, folded=True)
        )
    # Stable: what happened in one transaction keeps its order.
    return sorted(lines, key=lambda line: line.at)
