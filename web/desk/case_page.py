"""The page of one case: drawn with what was sent and could not be done, so that nothing typed is
lost, and with what somebody else changed meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import urlencode

from flask import Response
from werkzeug.datastructures import MultiDict

from api.errors import status_of
from api.services import services
from casework.delivery.messages import Letter
from casework.docket import trail
from casework.errors import CaseworkError, Conflict, Forbidden, Invalid, VersionChanged
from casework.notices import editions
from casework.notices.editions import known_bureau_name
from casework.operations import business_time
from casework.people.access import Principal
from casework.people.rights import Right
from casework.views import cases, declared, documents, happened
from casework.views.cases import Neighbours
from schemas.acts import DeterminationSchema
from schemas.cases import Case
from schemas.explained import Declared
from schemas.labels import label
from vocabulary.cases import Act, State
from vocabulary.identity import IdentityLevel
from vocabulary.outcomes import Outcome, Truth
from vocabulary.receipts import parse
from web.desk import case_points
from web.desk.act_pages import offered
from web.desk.case_points import FOUND, NOTE, OTHER, Chosen
from web.desk.case_sentence import proposal, sentence
from web.desk.list_query import ListQuery
from web.desk.told import tell
from web.parts.forms.drawing import draw as draw_step
from web.parts.forms.of_schema import step_of
from web.parts.forms.shapes import Step
from web.parts.numbers import whole_number
from web.parts.page import go_to, page

REFUSALS: Final = (VersionChanged, Invalid, Conflict, Forbidden)
"""What is told on the page that was sent, with all that was typed."""
_STEP: Final = step_of(DeterminationSchema(), "other", "")
OTHERWISE: Final = Step(
    "other",
    "",
    "",
    tuple(each for each in _STEP.parts if each.name in {"amount", "override", "despite", "basis"}),
)
"""What is asked of a grant that is not as computed."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a form of the page brought. `seen`: the last event that was on the page it came from;
    `version`: of the case, there; `faults`: ids of controls, and what is wrong; `draft`: the letter
    that would go out."""

    chosen: Chosen = field(default_factory=Chosen)
    typed: Mapping[str, str] = field(default_factory=dict)
    asked: Sequence[str] = ()
    version: int | None = None
    seen: int = 0
    query: str = ""
    next: str = ""
    faults: Sequence[tuple[str, str]] = ()
    draft: Letter | None = None

    @classmethod
    def of_form(cls, sent: MultiDict[str, str]) -> Sent:
        """Out of a form of the page."""
        return cls(
            chosen=Chosen.of_form(sent),
            typed={name: value for name, value in sent.items() if name[:1] == "/"},
            asked=sent.getlist("point"),
            version=whole_number(sent.get("version", "")),
            seen=whole_number(sent.get("seen", "")) or 0,
            query=ListQuery.parse(sent.get("query", "")).query,
            next=parse(sent.get("next", "")) or "",
        )

    @classmethod
    def of_address(cls, given: Mapping[str, str]) -> Sent:
        """Nothing yet; out of which list the page was opened."""
        return cls(query=ListQuery.of(given).query, next=parse(given.get("next", "")) or "")

    @property
    def versions(self) -> frozenset[int]:
        """Which versions were seen: none, where the form does not say."""
        return frozenset() if self.version is None else frozenset({self.version})

    @property
    def reason(self) -> str:
        """Why, for the whole."""
        return self.typed.get("/reason", "").strip()

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What was chosen and written, as the fields of another form carry it along."""
        chosen = self.chosen
        return [
            *((FOUND + key, value) for key, value in chosen.found.items()),
            *((NOTE + key, value) for key, value in chosen.notes.items()),
            *((OTHER + name, value) for name, value in chosen.other.items()),
            *self.typed.items(),
        ]

    def with_faults(self, *faults: tuple[str, str]) -> Sent:
        """The same, with what is wrong."""
        return replace(self, faults=faults)


def address(receipt: str, query: str = "", after: str = "") -> str:
    """A case's page, reached from a list. `after`: the receipt that follows there."""
    return f"/desk/cases/{receipt}{tail(query, after)}"


def tail(query: str, after: str) -> str:
    """What the addresses of a case's pages end with: out of which list it was opened."""
    asked = [query] if query else []
    if after:
        asked.append(urlencode({"next": after}))
    return f"?{'&'.join(asked)}" if asked else ""


def attempt(
    principal: Principal,
    receipt: str,
    sent: Sent,
    act: Callable[[], str],
    *,
    to_next: bool = False,
) -> Response:
    """Do it, say what was done (what `act` gives) on the page that comes next; or the same page
    again, with what was typed and why it was not done."""
    try:
        done = act()
    except REFUSALS as refused:
        return _refused(principal, receipt, sent, refused)
    if to_next and sent.next:
        # It stands on the page of another one, which nothing was done to.
        return tell(go_to(address(sent.next, sent.query)), f"上一件{done}")
    return tell(go_to(address(receipt, sent.query, sent.next)), done)


def drafted(
    principal: Principal, receipt: str, sent: Sent, look: Callable[[Sent], Letter]
) -> Response:
    """The same page with the letter that would go out, or with why none would."""
    try:
        letter = look(sent)
    except REFUSALS as refused:
        return _refused(principal, receipt, sent, refused)
    return drawn(principal, receipt, replace(sent, draft=letter))


def _refused(principal: Principal, receipt: str, sent: Sent, refused: CaseworkError) -> Response:
    if isinstance(refused, VersionChanged):
        return drawn(principal, receipt, sent, 409)
    faulty = sent.with_faults(("bar", refused.detail))
    return drawn(principal, receipt, faulty, status_of(refused))


def drawn(principal: Principal, receipt: str, sent: Sent, status: int = 200) -> Response:
    """The page. That it was looked at is on the trail."""
    made = services()
    seen = trail.last_look(made.db, principal, receipt)
    case = cases.read(made.db, made.settings, principal, receipt)
    papers = documents.of_case(made.db, principal, case.receipt).items
    story = happened.read(made.db, principal, case.receipt)
    points = case_points.points(case, known_bureau_name(principal.bureau), papers)
    asked = ListQuery.parse(sent.query)
    beside = cases.neighbours(
        made.db, made.settings, principal, case.receipt, asked.wanted, asked.order
    )
    is_verified = (
        case.identity.level is not IdentityLevel.UNVERIFIED or case.identity.checked_at is not None
    )
    findings = case.assessment.findings if case.assessment else []
    may = {each.value for each in case.casework.actions}
    return page(
        "desk/case.html",
        status,
        case=case,
        sentence=sentence(case, points, is_verified=is_verified),
        points=points,
        answered=case_points.answered(case),
        settled=[each for each in findings if each["result"] == Truth.TRUE],
        against=[each for each in findings if each["result"] == Truth.FALSE],
        papers=papers,
        proves={
            each.id: [point.condition for point in points if each in point.documents]
            for each in papers
        },
        sent=sent,
        otherwise=draw_step(OTHERWISE, sent.typed),
        asked=asked,
        beside=beside,
        next=_next(beside, sent),
        tail=tail(sent.query, _next(beside, sent)),
        left=_left(case),
        story=story,
        since=[each for each in story if each.id > sent.seen] if _is_stale(case, sent) else [],
        is_stale=_is_stale(case, sent),
        seen=seen,
        meanwhile=[
            each
            for each in story
            if seen and each.id > seen.id and each.who != happened.who(principal.actor)
        ],
        letters=[each for each in case.timeline if each.folded],
        facts=answers(case),
        changes=_changes(case),
        proposal=proposal(case),
        is_verified=is_verified,
        may=may,
        written=_without_field(sent, points, may),
        grants=_grants(case, points, is_verified=is_verified),
        choices=case_points.CHOICES,
        acts=offered(principal, case),
        address=address,
        bureau_of=known_bureau_name,
        sees_trail=principal.may(Right.READ_TRAIL),
    )


def answers(case: Case) -> list[Declared]:
    """What was filled in, in words."""
    forms = editions.edition(case.notice).forms
    filed = {"enterprise": case.application.enterprise, "facts": case.application.facts}
    return declared.everything(filed, forms.forms.get(case.provision), forms.words)


def _changes(case: Case) -> list[tuple[str, Any, Any]]:
    """What the last supplement changed: label, before, after."""
    form = editions.edition(case.notice).forms.forms.get(case.provision)
    changed = case.casework.supplement_changes or {}
    return [
        (label(form, pointer)["label"], *pair)
        for pointer, pair in changed.items()
        if isinstance(pair, list)
    ]


def _grants(case: Case, points: Sequence[case_points.Point], *, is_verified: bool) -> bool:
    """Whether the case can be granted as computed from this page."""
    return (
        Act.DETERMINE in case.casework.actions
        and case.state is not State.AWAITING_SUPPLEMENT
        and case.outcome in (Outcome.ELIGIBLE, Outcome.NEEDS_DETERMINATION)
        and is_verified
        and all(each.is_ours for each in points)
    )


def _left(case: Case) -> str:
    """How long it is until the last of what is promised."""
    if not case.promises:
        return ""
    db, due = services().db, case.promises[-1].due_on
    today = business_time.now(db).date()
    if due <= today:
        return "今天到期" if due == today else "已经逾期"
    return f"还有{business_time.working_days_left(db, due)}个工作日"


def _is_stale(case: Case, sent: Sent) -> bool:
    return sent.version is not None and sent.version != case.version


def _without_field(
    sent: Sent, points: Sequence[case_points.Point], may: Collection[str]
) -> list[str]:
    """What was chosen and written that the page has no field for any more: somebody was faster."""
    shown = {each.key for each in points} if "record_finding" in may else set()
    said, found, notes = dict(case_points.CHOICES), sent.chosen.found, sent.chosen.notes
    lines = []
    for key in {**found, **notes}:
        words = [each for each in (said.get(found.get(key, "")), notes.get(key)) if each]
        if key not in shown:
            lines.append(f"{key}：{'，'.join(words)}")
    if not {"record_finding", "determine", "approve_determination"}.intersection(may):
        labels = {each.name: each.label for each in OTHERWISE.parts} | {"reason": "理由"}
        written = [(labels.get(name.split("/")[1]), text) for name, text in sent.typed.items()]
        lines += [f"{label}：{text}" for label, text in written if label and text.strip()]
    return lines


def _next(beside: Neighbours | None, sent: Sent) -> str:
    if beside is not None:
        return beside.next or ""
    return sent.next
