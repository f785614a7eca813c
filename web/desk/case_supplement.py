"""Asking the applicant for exact facts and papers (补正), begun with the points that lack them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Response

from api.services import services
from casework.acts import supplement
from casework.notices import editions
from casework.notices.editions import known_bureau_name
from casework.people.access import Principal
from casework.people.rights import Right
from casework.views import cases, documents
from schemas.acts import SupplementRequestSchema
from schemas.cases import Case
from schemas.labels import label
from web.desk import case_page, case_points
from web.desk.case_page import Sent, address
from web.desk.guard import desk
from web.desk.pages import desk_pages
from web.desk.told import tell
from web.parts.forms import typed
from web.parts.forms.refusal import Refusal, attempt
from web.parts.forms.sentences import to_people
from web.parts.forms.shapes import Control, Field
from web.parts.page import go_to, page
from web.parts.posted import posted

pages = desk_pages("case-supplement")

_DUE: Final = Field("due_on", "期限", "", "", Control.DATE)
_NAMES: Final = {"fields": "asked-fields", "documents": "asked-papers", "due_on": "due_on"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for, as chosen and typed."""

    fields: Sequence[str]
    papers: Sequence[str]
    reason: str
    due_on: str

    def body(self) -> dict[str, Any]:
        """As the API takes it."""
        made = {
            "fields": list(self.fields),
            "documents": list(self.papers),
            "reason": self.reason,
            "due_on": typed.read_value(_DUE, self.due_on),
        }
        return {name: value for name, value in made.items() if value}


@pages.route("/desk/cases/<receipt>/supplement", methods=["POST"])
@desk(Right.SUPPLEMENT)
def asked(principal: Principal, receipt: str) -> Response:
    """From the page of the case: the form; from the form: the act."""
    form, made = posted(), services()
    sent = Sent.of_form(form)
    if "asking" not in form:
        return _drawn(principal, receipt, sent, None)
    wanted = Asked(
        form.getlist("fields"), form.getlist("documents"), form.get("reason", ""),
        form.get("due_on", "").strip(),
    )  # fmt: skip

    def do() -> int:
        read = SupplementRequestSchema().load(wanted.body())
        return supplement.request(made.db, made.settings, principal, receipt, sent.versions, **read)

    result = attempt(do)
    if isinstance(result, Refusal):
        return _drawn(principal, receipt, sent, wanted, result)
    return tell(go_to(address(receipt, sent.query, sent.next)), "已要求补正，并告知申报单位。")


def _drawn(
    principal: Principal,
    receipt: str,
    sent: Sent,
    wanted: Asked | None,
    refused: Refusal | None = None,
) -> Response:
    made = services()
    case = cases.read(made.db, made.settings, principal, receipt)
    papers = documents.of_case(made.db, principal, receipt).papers
    return page(
        "desk/case_supplement.html",
        refused.status if refused else 200,
        case=case,
        wanted=wanted or _lacking(principal, case, sent),
        facts=_facts(case),
        papers=[each.paper for each in papers],
        sent=sent,
        is_stale=sent.version not in (None, case.version),
        errors=_errors(refused) if refused else [],
        back=address(case.receipt, sent.query, sent.next),
    )


def _errors(refused: Refusal) -> list[tuple[str, str]]:
    """What is wrong, each with the id of the control that it is about."""
    if refused.said:
        return [("reason", refused.said)]
    return [
        (_NAMES.get(each.pointer.split("/")[1], "reason"), to_people(each))
        for each in refused.faults
    ]


def _facts(case: Case) -> list[tuple[str, str, str]]:
    """What can be asked anew: pointer, label, present value; what is missing first."""
    form = editions.edition(case.notice).forms.forms.get(case.provision)
    answered = {each.pointer: each for each in case_page.answers(case)}
    missing = case.assessment.missing if case.assessment else []
    for point in case_points.points(case, "", ()):
        missing = [*missing, *(each["pointer"] for each in point.declared)]
    open_ = [each for each in dict.fromkeys(missing) if each not in answered]
    return [(each, label(form, each)["label"], "未填") for each in open_] + [
        (each.pointer, each.label, each.value) for each in answered.values()
    ]


def _lacking(principal: Principal, case: Case, sent: Sent) -> Asked:
    """What the points that were marked so lack: their papers, and what was written of them."""
    points = case_points.points(case, known_bureau_name(principal.bureau), ())
    lacking = sent.chosen.lacking(points)
    notes = [sent.chosen.notes.get(each.key, "") for each in lacking]
    return Asked(
        fields=(),
        papers=list(dict.fromkeys(paper for each in lacking for paper in each.papers)),
        reason="；".join(filter(None, [*notes, sent.reason])),
        due_on="",
    )
