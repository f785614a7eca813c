"""What a letter says of an application: who applied for what, what was found, who comes when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Connection, Row

from casework.docket import supplement_asked
from casework.docket.states import RULES
from casework.notices import contacts, editions
from casework.notices.editions import Edition
from casework.personal import notes, texts
from rules.deciders import OnCase, on_case
from rules.explain import explain
from rules.notice import Notice
from rules.routing import residual
from schemas.contacts import Contact
from schemas.labels import label
from vocabulary.cases import Act, State
from vocabulary.event_data import sum_text
from vocabulary.outcomes import Outcome, Truth
from vocabulary.visits import VisitState, is_guess

READ: Final = f"""
SELECT a.id, a.receipt, a.notice_id, a.provision, a.uscc, a.name, a.outcome, a.amount,
    a.received_at, {supplement_asked.RENAMED},
    a.lead_bureau, a.copied_bureaus, a.state, s.parameters_hash, s.serial,
    nullif(s.document, jsonb_build_object()) AS document, v.planned_on,
    v.state AS visit_state, v.provisional, v.basis, q.id AS asked_id, q.fields AS asked,
    q.documents AS papers, q.reason, q.due_on,
    t.id AS ruling_id, t.reason AS ruling_reason
FROM application AS a
LEFT JOIN assessment AS s ON s.application_id = a.id AND s.in_force
LEFT JOIN visit AS v ON v.id = a.visit_id AND v.state <> 'cancelled'
LEFT JOIN supplement AS q ON q.application_id = a.id AND q.state = 'open'
LEFT JOIN determination AS t ON t.application_id = a.id AND t.state = 'in_force'
WHERE a.id = %(id)s
"""  # noqa: S608 -- a constant


@dataclass(frozen=True, slots=True)
class VisitDay:
    """The day of a visit, whether it is a guess, and where it comes from."""

    planned_on: date
    provisional: bool
    basis: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A condition that an official has to find, in the notice's words."""

    words: str
    decider: str


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What an assessment came to, as a bureau is told: its sum ("": it gives none), a sentence,
    what it is to find, what waits for something to be finished, what is refused and why, where else
    to turn; whether its applicant may ask for a review now."""

    result: str
    much: str
    sentence: str
    to_find: tuple[Finding, ...] = ()
    waiting: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    reviewable: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What an applicant is asked for: the facts' labels, why, and until when, where a bureau has
    set a day."""

    labels: tuple[str, ...]
    reason: str
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Letterhead:
    """One application as letters need it. `conclusion`: None before the first assessment.

    `contact`: who leads, or takes over as long as there is no assessment. `notice`: the data it
    was assessed with, today's before. `ruling_reason`: of the determination in force, as typed.
    `former_names`: before the name was changed by a supplement.
    """

    receipt: str
    name: str
    uscc: str | None
    provision: str
    received_at: datetime
    notice: Notice
    contact: Contact
    conclusion: Conclusion | None = None
    visit: VisitDay | None = None
    asked: Asked | None = None
    ruling_reason: str = ""
    former_names: Sequence[str] = ()

    @property
    def provision_title(self) -> str:
        """What is applied for."""
        title: str = self.notice.provisions[self.provision]["title"]
        return title

    def bureau_name(self, bureau: str) -> str:
        """A bureau's Chinese name; its id if the notice does not name it."""
        return self.notice.name_of(bureau)


def read(conn: Connection, application_id: int, *, officer: bool = True) -> Letterhead | None:
    """The letterhead of an application, for an officer or its applicant, or None.

    One statement; a second where the notice's data has changed since the assessment.
    """
    row = conn.exec_driver_sql(READ, {"id": application_id}).one_or_none()
    if row is None:
        return None
    edition = editions.edition_used(conn, row.notice_id, row.parameters_hash)
    notice = edition.notice
    document = notes.opened(row.document, row.id, row.serial)
    to = document["route"]["lead"] if document else residual(row.provision, notice).document()
    conclusion = None
    if document is not None:
        # What a person determined stands above what the rules leave open, here as everywhere.
        conclusion = concluded(
            edition,
            {**document, "outcome": row.outcome},
            row.amount,
            on_case(document, notice, row.lead_bureau, row.copied_bureaus),
            determined=State(row.state).is_ruled,
            officer=officer,
            settled=State(row.state) in RULES[Act.REQUEST_REVIEW].sources,
        )
    visit = None
    if row.planned_on is not None:
        guess = is_guess(VisitState(row.visit_state), is_provisional=row.provisional)
        visit = VisitDay(row.planned_on, guess, row.basis)
    return Letterhead(
        receipt=row.receipt,
        name=row.name,
        uscc=row.uscc,
        provision=row.provision,
        received_at=row.received_at,
        notice=notice,
        contact=contacts.lead(notice, row.provision, to, row.lead_bureau),
        conclusion=conclusion,
        visit=visit,
        asked=_asked(row, edition),
        ruling_reason=texts.unseal(row.ruling_reason, "determination.reason", row.ruling_id) or "",
        former_names=supplement_asked.former_names(row.renamed, row.name),
    )


def _asked(row: Row[Any], edition: Edition) -> Asked | None:
    """What the applicant is asked for, by a bureau or by the assessment alone."""
    if row.asked is not None:
        pointers = row.asked
        reason = texts.unseal(row.reason, "supplement.reason", row.asked_id) or ""
    elif row.state == State.AWAITING_SUPPLEMENT and row.document is not None:
        pointers, reason = row.document.get("missing", ()), "核对所需的事项尚未填报"
    else:
        return None
    form = edition.forms.forms.get(row.provision)
    labels = [label(form, each)["label"] for each in pointers]
    papers = [f"材料：{each}" for each in row.papers or ()]
    return Asked((*labels, *papers), reason, row.due_on)


def concluded(
    edition: Edition,
    document: Mapping[str, Any],
    amount: Decimal | None,
    bureaus: OnCase | None = None,
    *,
    determined: bool = False,
    officer: bool = True,
    settled: bool = False,
) -> Conclusion:
    """An assessment's document, explained to a bureau, or to the applicant. Takes the amount that
    stands by now; the bureaus of the case by now, if not those of its route; whether a person's
    determination is in force; whether the result stands, so that a review can be asked for."""
    explained = explain(
        document,
        edition.notice,
        edition.forms.words,
        determined=determined,
        officer=officer,
        bureaus=bureaus,
    )
    is_closed = Outcome(explained["outcome"]).is_closed
    is_open = not determined and not is_closed
    against = tuple(
        dict.fromkeys(
            f"{found['label']}：{found['explanation']}"
            for found in explained["findings"]
            if found["result"] == Truth.FALSE
        )
    )
    return Conclusion(
        explained["outcome_text"],
        sum_text(explained["outcome"], amount),
        explained["summary"],
        tuple(
            Finding(each["words"], each["decider"])
            for each in explained["needs_finding"]
            if is_open
        ),
        tuple(point["text"] for point in explained["waiting"] if is_open),
        against,
        tuple(f"{each['to']}：{each['text']}" for each in explained["referrals"]),
        reviewable=settled and is_closed and bool(against),
    )
