"""Screen one enterprise against the whole notice. Stateless: nothing is read, nothing stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from casework.errors import ProvisionNotOffered
from casework.notices import editions
from casework.notices.editions import Edition
from config.settings import Settings
from rules import RULES_VERSION
from rules.notice import Notice
from rules.routing import Routed
from rules.screening import Screened, render, screen
from schemas.application import Submission
from schemas.contacts import Contact
from schemas.labels import label
from schemas.screenings import Missing, Screening, ScreeningAnswer, Verdict
from vocabulary.zone import CHINA

NOTE = "初步筛查，不是申请，也不是决定；金额为按所填事项的暂估数。"


def run(settings: Settings, asked: Screening, day: date | None = None) -> ScreeningAnswer:
    """A verdict for every provision of the notice it names, or of the default one.

    Takes the well-formed screening, the day it would be received (today in Beijing). Raises
    ProvisionNotOffered for facts of a provision that the notice does not have.
    """
    current = editions.edition(asked.notice or settings.notice_id)
    for code in asked.named:
        if code not in current.notice.provisions:
            raise ProvisionNotOffered(f"/facts/{code}")
    on = day or datetime.now(CHINA).date()
    verdicts = screen(asked.enterprise, asked.facts, current.notice, current.provisions, on)
    return ScreeningAnswer(
        notice=current.notice.id,
        day=on,
        rules_version=RULES_VERSION,
        parameters_hash=current.hash.hex(),
        note=NOTE,
        verdicts=[_verdict(verdict, current) for verdict in verdicts],
    )


class Preview(NamedTuple):
    """What would be said of an application, and the lines of its sum."""

    verdict: Verdict
    arithmetic: Sequence[Mapping[str, str]]


def preview(settings: Settings, submission: Submission, day: date | None = None) -> Preview:
    """What its provision would say of an application before it is submitted, received on that day
    (today in Beijing). Nothing that others have filed is looked at."""
    current = editions.edition(submission.notice or settings.notice_id)
    only = {submission.provision: current.provisions[submission.provision]}
    facts = {submission.provision: submission.facts}
    on = day or datetime.now(CHINA).date()
    (found,) = screen(submission.enterprise, facts, current.notice, only, on)
    return _preview(found, current)


def _verdict(verdict: Screened, current: Edition) -> Verdict:
    return _preview(verdict, current).verdict


def _preview(verdict: Screened, current: Edition) -> Preview:
    notice, forms = current.notice, current.forms
    rendered = render(verdict, notice, forms.words)
    lines = rendered.pop("arithmetic")
    form = forms.forms[verdict.assessment.provision]
    missing = [Missing(**label(form, pointer)) for pointer in rendered["missing"]]
    said = Verdict(
        **{**rendered, "missing": missing},
        contact=_contact(verdict.route.lead, notice),
        copies=[_contact(routed, notice) for routed in verdict.route.copies],
    )
    return Preview(said, lines)


def _contact(routed: Routed, notice: Notice) -> Contact:
    reason = notice.content["route_reasons"][routed.reason]
    return Contact(**notice.contact(routed.contact), reason=reason)
