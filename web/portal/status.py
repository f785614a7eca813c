"""One application to who filed it: where it stands, who acts next, what can be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from unicodedata import normalize

from flask import Response, request

from api.auth import public, tried
from api.services import services
from casework.errors import ApplicationNotFound
from casework.followup import own_visit, requests
from casework.operations import business_time
from casework.views import own_data, reach, status
from schemas.status import Status, Timeline
from vocabulary.cases import Act
from vocabulary.deliveries import DeliveryState, RecipientKind
from vocabulary.outcomes import Truth
from vocabulary.receipts import normalise
from vocabulary.visits import OPEN_VISITS
from web.parts import qr
from web.parts.forms.of_schema import form_of
from web.parts.page import go_to, page
from web.parts.posted import posted
from web.portal import holding, items, status_documents
from web.portal.act_pages import ACTS, UNCHANGED, account_given, offered
from web.portal.holding import ENTRY, Held, holder, receipt_address
from web.portal.pages import portal_pages
from web.portal.standing import is_denied, standing

pages = portal_pages("status")

_LONGEST = 60
_LINES = 6
_DONE = {
    "supplement": "补的内容已收到，正在重新核对。",
    "request": "诉求已撤回。",
    UNCHANGED: "没有改动。",
    "verified": "联系方式已核实，此后的消息发到那里。",
}


@holder
def _shown(held: Held) -> Response:
    found = status.read(services().db, services().settings, held.receipt, held.access_code)
    assessed = found.assessment
    findings = assessed.findings if assessed else []
    made = services()
    lines = assessed.arithmetic if assessed else []
    by = found.next.by
    left = business_time.working_days_left(made.db, by) if by else None
    return page(
        "portal/status.html",
        found=found,
        papers=status_documents.handed_in_by(held),
        at=status_documents.AT,
        days_left=left,
        ways=reach.read(made.db, made.settings, held.receipt, held.access_code),
        qr=qr.svg(receipt_address(held.receipt)),
        is_denied=is_denied(found),
        standing=standing(found),
        items=_items(held, found) if _several([*findings, *lines]) else {},
        settled=[each for each in findings if each["result"] == Truth.TRUE],
        unsettled=sorted(
            (each for each in findings if each["result"] != Truth.TRUE),
            key=lambda each: each["result"] != Truth.FALSE,
        ),
        told=[each for each in found.timeline if not each.folded or _came_back(each)],
        sent=[each for each in found.timeline if each.folded and not _came_back(each)],
        acts=offered(found),
        account=account_given(found),
        comes=_comes(found),
        supplements=found.supplement is not None and Act.ANSWER_SUPPLEMENT in found.actions,
        confirms=Act.VERIFY_CONTACT in found.actions,
        done=ACTS[held.done].done if held.done in ACTS else _DONE.get(held.done, ""),
    )


def _came_back(line: Timeline) -> bool:
    """Whether it says that a message did not reach who filed: nobody is to unfold that."""
    failed = line.type == f"delivery.{DeliveryState.FAILED}"
    return failed and line.text.startswith(f"告知{RecipientKind.APPLICANT.label}（")


def _comes(found: Status) -> bool:
    """Whether a visit is still to come."""
    return found.visit is not None and found.visit.state in OPEN_VISITS


def _several(told: Sequence[Mapping[str, Any]]) -> bool:
    """Whether these are of several leases or the like, which are then told apart."""
    return len({each["item"] for each in told if each.get("item")}) > 1


def _items(held: Held, found: Status) -> dict[str, str]:
    """What each of several leases or the like is called; nothing of a notice that is gone."""
    made = services()
    form = form_of(found.notice, found.provision)
    if form is None:
        return {}
    given = own_data.answers(made.db, made.settings, held.receipt, held.access_code)
    return items.names(form, given["facts"])


@pages.route(ENTRY, methods=["GET"])
@public
def read() -> Response:
    asked = normalise(request.args.get("receipt", "")[:_LONGEST])
    found = holding.held()
    if found is None or (asked and asked != found.receipt):
        return holding.enter(asked)
    return _shown()


@tried
def _tried(held: Held) -> Response:
    status.read(services().db, services().settings, held.receipt, held.access_code)
    return holding.entered(held)


@pages.route(ENTRY, methods=["POST"])
@public
def enter() -> Response:
    sent = posted()
    receipt = sent.get("receipt", "").strip()[:_LONGEST]
    code = normalize("NFKC", sent.get("code", "").strip()[:_LONGEST])
    usable = code.isascii() and code.isprintable() and "|" not in code + receipt
    if not (receipt and code and usable and normalise(receipt).isascii()):
        return holding.enter(receipt, "受理编号和查询码都要填，照受理回执抄写。")
    try:
        answer: Response = _tried(held=Held(normalise(receipt), code))
    except ApplicationNotFound:
        return holding.enter(receipt, "编号或查询码不对。请照受理回执再核对一遍。")
    return answer


@pages.route("/status/leave", methods=["POST"])
@public
def leave() -> Response:
    return holding.forget(go_to(ENTRY))


@pages.route("/status/notice", methods=["GET"])
@holder
def notice(held: Held) -> Response:
    """The determination in force, to print."""
    found = status.read(services().db, services().settings, held.receipt, held.access_code)
    if found.determination is None:
        return go_to(ENTRY)
    granted = found.determination.granted
    against = [] if granted else _against(found)
    lines = found.assessment.arithmetic if found.assessment and granted else []
    return page(
        "portal/notice.html",
        found=found,
        ruling=found.determination,
        against=against,
        # One page is printed; a long sum is on the page of the application.
        shows_sums=0 < len(lines) <= _LINES,
        items=_items(held, found) if _several(against) or _several(lines) else {},
        qr=qr.svg(receipt_address(held.receipt)),
    )


def _against(found: Status) -> list[Mapping[str, Any]]:
    findings = found.assessment.findings if found.assessment else []
    return [each for each in findings if each["result"] == Truth.FALSE]


@pages.route("/status/visit.ics", methods=["GET"])
@holder
def visit(held: Held) -> Response:
    """The visit, for a calendar."""
    made = services()
    found = status.read(made.db, made.settings, held.receipt, held.access_code)
    if found.visit is None or not _comes(found):
        return go_to(ENTRY)
    lead = found.bureaus.lead if found.bureaus else found.next.contact
    caller = f"{lead.bureau_name}{lead.section}，{lead.name}，{lead.phone}" if lead else ""
    now = business_time.now(made.db)
    made_of = own_visit.calendar(
        made.settings, found.receipt, found.version, found.visit, caller, now
    )
    return Response(
        made_of,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{found.receipt}.ics"'},
    )


@pages.route("/status/requests/<int:number>/withdraw", methods=["POST"])
@holder
def take_back(held: Held, number: int) -> Response:
    """A request that nobody has answered yet is taken back."""
    made = services()
    requests.withdraw(made.db, made.settings, held.receipt, held.access_code, number)
    return holding.done(held, "request")


@pages.route("/status/data", methods=["GET"])
@holder
def data(held: Held) -> Response:
    """Everything that is held of the application."""
    made = services()
    found = own_data.copy(made.db, made.settings, held.receipt, held.access_code)
    return page("portal/own_data.html", found=found)
