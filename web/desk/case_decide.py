"""Finding and determining on the page of a case: what was chosen, and nothing that was not.

A grant finds every open condition met that its decision does not name; so the page sends none
before each of them was chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from flask import Response
from marshmallow import Schema, ValidationError

from api.services import services
from casework.acts import determine, findings
from casework.acts.determination import Determined
from casework.acts.determine import Decision
from casework.delivery import preview
from casework.delivery.messages import Letter
from casework.people.access import Principal
from casework.people.rights import Right
from schemas.acts import DeterminationSchema
from schemas.findings import FindingsSchema
from schemas.kit.format_errors import flatten
from vocabulary.cases import State
from web.desk import case_page
from web.desk.case_page import OTHERWISE, Sent
from web.desk.case_points import LACK, NO, YES, id_of
from web.desk.case_sentence import amount_text
from web.desk.guard import desk
from web.desk.pages import desk_pages
from web.parts.forms import typed
from web.parts.forms.drawing import id_of as id_at
from web.parts.forms.sentences import to_people
from web.parts.posted import posted

pages = desk_pages("case-decide")

_REASON: Final = "f-reason"
_CHOOSE: Final = "请选符合、不符合或者材料不足。"

Fault = tuple[str, str]


@pages.route("/desk/cases/<receipt>/findings", methods=["POST"])
@desk(Right.RECORD_FINDING)
def record(principal: Principal, receipt: str) -> Response:
    """Keep what was found, without deciding."""
    sent = Sent.of_form(posted())
    body = {"findings": sent.chosen.findings(sent.reason)}
    faults = [] if body["findings"] else [("bar", "还没有选符合或者不符合。")]
    if not faults:
        faults = _faults(FindingsSchema(), body, sent)
    if faults:
        return case_page.drawn(principal, receipt, sent.with_faults(*faults), 422)
    found = FindingsSchema().load(body)["found"]

    def act() -> str:
        findings.record(services().db, principal, receipt, found, versions=sent.versions)
        return "认定意见已记录，正在重新核对。"

    return case_page.attempt(principal, receipt, sent, act)


@pages.route("/desk/cases/<receipt>/determination", methods=["POST"])
@desk(Right.DETERMINE)
def determined(principal: Principal, receipt: str) -> Response:
    made = services()

    def act(sent: Sent, decision: Decision) -> str:
        return _done(
            decision,
            determine.determine(
                made.db, made.settings, principal, receipt, sent.versions, decision
            ),
        )

    return _decide(principal, receipt, act)


@pages.route("/desk/cases/<receipt>/draft", methods=["POST"])
@desk(Right.DETERMINE)
def draft(principal: Principal, receipt: str) -> Response:
    """The letter that would go out, and the same page with all that was chosen and written."""
    made, do = services(), posted().get("do", "")
    sent, decision = _read(do)
    if decision is None:
        return case_page.drawn(principal, receipt, sent, 422)

    def look(sent: Sent) -> Letter:
        return determine.tried(
            made.db,
            made.settings,
            principal,
            receipt,
            sent.versions,
            decision,
            partial(preview.of_determination, made.settings),
        )

    return case_page.drafted(principal, receipt, sent, look)


def _decide(
    principal: Principal, receipt: str, perform: Callable[[Sent, Decision], str]
) -> Response:
    do = posted().get("do", "")
    sent, decision = _read(do)
    if decision is None:
        return case_page.drawn(principal, receipt, sent, 422)
    return case_page.attempt(
        principal,
        receipt,
        sent,
        lambda: perform(sent, decision),
        to_next=do.endswith("-next"),
    )


def _read(do: str) -> tuple[Sent, Decision | None]:
    """The form, and what it decides; None with what is wrong."""
    sent = Sent.of_form(posted())
    if do == "refuse":
        body: dict[str, Any] = {"granted": False}
        faults = []
    elif do == "other":
        body = {"granted": True, **typed.answers(OTHERWISE, sent.typed)}
        faults = _unmet(sent)
    else:
        body = {"as_computed": True}
        faults = _unmet(sent)
    if sent.reason:
        body["reason"] = sent.reason
    elif not faults:
        faults = [(_REASON, "写一句理由，会告知申报单位。")]
    if found := sent.chosen.findings(sent.reason):
        body["findings"] = found
    faults = faults or _faults(DeterminationSchema(), body, sent)
    if faults:
        return sent.with_faults(*faults), None
    read = DeterminationSchema().load(body)
    return sent, Decision(**{"amount": None, **read})


def _unmet(sent: Sent) -> list[Fault]:
    """What stands in the way of a grant: points that were not chosen, or not as met."""
    faults = []
    for key in sent.asked:
        match sent.chosen.found.get(key):
            case None:
                faults.append((id_of(key), f"{_name(key)}：{_CHOOSE}"))
            case value if value == LACK:
                faults.append((id_of(key), f"{_name(key)}：材料不足的，请先要求补正。"))
            case value if value == NO:
                faults.append((id_of(key), f"{_name(key)}：选了不符合，不能准予。"))
    if sent.chosen.other and sent.chosen.other["result"] != YES:
        faults.append(("other-place", "另记的意见是不符合，不能准予。"))
    return faults


def _faults(schema: Schema, body: dict[str, Any], sent: Sent) -> list[Fault]:
    """What the API would say is wrong, each with the control that it is about."""
    try:
        schema.load(body)
    except ValidationError as refused:
        keys = [key for key, value in sent.chosen.found.items() if value != LACK]
        return [
            _place(each.pointer, to_people(each), keys) for each in flatten(refused.messages, "")
        ]
    return []


def _place(pointer: str, message: str, keys: list[str]) -> Fault:
    _, name, *rest = pointer.split("/")
    if name == "findings" and rest and rest[0].isdecimal():
        at = int(rest[0])
        if at < len(keys):
            return f"{id_of(keys[at])}-note", f"{_name(keys[at])}的理由：{message}"
        return "other-note", f"另记的意见：{message}"
    if name in {part.name for part in OTHERWISE.parts}:
        return id_at(pointer), message
    return _REASON, message


def _name(key: str) -> str:
    return key.replace("~", " ")


def _done(decision: Decision, made: Determined) -> str:
    what = f"准予{amount_text(made.amount)}" if decision.granted else "不予准予"
    if made.state is State.AWAITING_APPROVAL:
        return f"已提出{what}，等第二个人复签。"
    return f"已认定：{what}，随后告知申报单位。"
