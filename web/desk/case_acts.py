"""The pages on which an officer does something to a case besides deciding it."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, request

from api.services import services
from casework.acts import acknowledge
from casework.acts.access_codes import Issued
from casework.people.access import Principal
from casework.people.rights import Right
from casework.views import cases
from web.desk import case_page
from web.desk.act_pages import ACTS, ActPage
from web.desk.case_page import Sent, address
from web.desk.guard import desk
from web.desk.list_query import ListQuery
from web.desk.pages import desk_pages
from web.desk.told import tell
from web.parts.forms import typed
from web.parts.forms.drawing import draw
from web.parts.forms.refusal import Refusal, attempt
from web.parts.forms.shapes import Typed
from web.parts.page import go_to, page
from web.parts.posted import posted

pages = desk_pages("case-acts")


@pages.route("/desk/cases/<receipt>/acknowledgement", methods=["POST"])
@desk(Right.ACKNOWLEDGE)
def acknowledged(principal: Principal, receipt: str) -> Response:
    def act() -> str:
        acknowledge.one(services().db, principal, receipt)
        return "已签收。"

    return case_page.attempt(principal, receipt, Sent.of_form(posted()), act)


def _asking(act: ActPage) -> Callable[..., Response]:
    def asked(principal: Principal, receipt: str) -> Response:
        made, sent = services(), Sent.of_address(request.args)
        case = cases.read(made.db, made.settings, principal, receipt)
        if not act.is_offered(case):
            return tell(go_to(address(receipt, sent.query, sent.next)), "现在不能办这一项。")
        return _drawn(act, principal, receipt, sent, {})

    return asked


def _doing(act: ActPage) -> Callable[..., Response]:
    def done(principal: Principal, receipt: str) -> Response:
        made, form = services(), posted()
        sent = Sent.of_form(form)
        case = cases.read(made.db, made.settings, principal, receipt)
        step = act.step(made, principal, case)
        kept = typed.keep(step, {}, form.to_dict(flat=False))

        def do() -> int | Issued:
            read = act.schema.load(typed.answers(step, kept))
            return act.perform(made, principal, receipt, sent.versions, **read)

        result = attempt(do)
        if isinstance(result, Refusal):
            return _drawn(act, principal, receipt, sent, kept, result)
        back = address(receipt, sent.query, sent.next)
        if isinstance(result, Issued):  # shown this once
            return page("desk/case_code.html", issued=result, case=case, back=back)
        onward = ListQuery.parse(sent.query).address() if act.leaves else back
        return tell(go_to(onward), act.done)

    return done


def _drawn(
    act: ActPage,
    principal: Principal,
    receipt: str,
    sent: Sent,
    kept: Typed,
    refused: Refusal | None = None,
) -> Response:
    made = services()
    case = cases.read(made.db, made.settings, principal, receipt)
    return page(
        "desk/case_act.html",
        refused.status if refused else 200,
        act=act,
        case=case,
        drawn=draw(act.step(made, principal, case), kept, refused.faults if refused else ()),
        sent=sent,
        said=refused.said if refused else "",
        is_stale=sent.version not in (None, case.version),
        back=address(receipt, sent.query, sent.next),
    )


for _act in ACTS.values():
    _where = f"/desk/cases/<receipt>/{_act.code}"
    pages.route(_where, methods=["GET"], endpoint=f"ask-{_act.code}")(
        desk(_act.right)(_asking(_act))
    )
    pages.route(_where, methods=["POST"], endpoint=f"do-{_act.code}")(
        desk(_act.right)(_doing(_act))
    )
