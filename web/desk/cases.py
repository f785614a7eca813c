"""The list of cases: filters in the address or kept under a name, order, columns, a file of it."""

from __future__ import annotations

from typing import Final

from flask import Response, request

from api.paths import number as numbered
from api.services import services
from casework.docket import kept_lists
from casework.docket.kept_lists import KeptListNotFound
from casework.notices.editions import every
from casework.people.access import Principal
from casework.people.rights import Right
from casework.people.sessions import Session, SessionOver
from casework.reporting import exports
from casework.reporting.scope import Scope
from casework.views import cases
from schemas.kit.paging import LIMIT_MAX
from vocabulary.cases import State
from vocabulary.identity import IdentityLevel
from web.desk import bulk_offer, guard, list_columns
from web.desk.guard import desk, own_account
from web.desk.list_query import ListQuery
from web.desk.pages import desk_pages
from web.desk.told import tell
from web.parts.page import go_to, page
from web.parts.posted import posted

pages = desk_pages("cases")

LIST: Final = "/desk/cases"
_VIEWS: Final = (
    ("该我办的", "assignee=me&sort=due"),
    ("未指派的", "assignee=none&sort=due"),
    ("已逾期", "overdue=true&sort=due"),
    ("即将到期", "due_soon=true&sort=due"),
    ("待复签", "state=awaiting_approval&sort=due"),
    ("等申报单位补正", "state=awaiting_supplement&sort=due"),
    ("全部", ""),
)


@pages.route(LIST, methods=["GET"])
@desk(Right.LIST_CASES)
def listing(principal: Principal) -> Response:
    made, asked = services(), ListQuery.of_address(request.args)
    is_whole = request.args.get("pick") == "all"
    found = cases.list_cases(
        made.db,
        made.settings,
        principal,
        asked.wanted,
        asked.order,
        limit=LIMIT_MAX if is_whole else asked.read.get("limit"),
        with_totals=True,
    )
    kept = kept_lists.read(made.db, _session().account)
    columns = list_columns.chosen(kept.columns)
    return page(
        "desk/cases.html",
        found=found,
        asked=asked,
        views=_VIEWS,
        kept=kept.lists,
        columns=columns.columns,
        every_column=list_columns.EVERY,
        dropped=[*asked.dropped, *columns.unknown],
        titles={code: text for each in every() for code, text in each.notice.provisions.items()},
        states=State,
        is_whole=is_whole,
        most=LIMIT_MAX,
        levels=IdentityLevel,
        **bulk_offer.of(principal, (code for each in found.items for code in each.waiting_for)),
    )


@pages.route("/desk/cases/export", methods=["POST"])
@desk(Right.EXPORT)
def export(principal: Principal) -> Response:
    """A file of exactly the rows of the list, with its columns."""
    made, asked = services(), ListQuery.parse(posted().get("query", ""))
    order = asked.order._replace(cursor=None)
    most = exports.MOST_NAMED + 1
    found = cases.matching(made.db, made.settings, principal, asked.wanted, order, most)
    kind = "csv" if posted().get("format") == "csv" else "xlsx"
    scope = Scope(bureau=principal.bureau)
    shown = list_columns.chosen(kept_lists.read(made.db, _session().account).columns)
    new = exports.request(made.db, made.settings, principal, scope, kind, found, shown.exported)
    return page(
        "desk/export.html",
        new=new,
        count=len(found),
        columns=shown,
        hours=made.settings.export_hours,
        back=asked.address(),
    )


@pages.route("/desk/cases/kept", methods=["POST"])
@own_account
def keep(session: Session) -> Response:
    asked = ListQuery.parse(posted().get("query", ""))
    kept_lists.keep(services().db, session, posted().get("name", ""), asked.to_keep)
    return tell(go_to(asked.address()), "筛选已保存，在列表上方。")


@pages.route("/desk/cases/kept/<number>/forget", methods=["POST"])
@own_account
def forget(session: Session, number: str) -> Response:
    kept_lists.forget(services().db, session, numbered(number, KeptListNotFound))
    return tell(go_to(LIST), "筛选已删除。")


@pages.route("/desk/cases/columns", methods=["POST"])
@own_account
def choose_columns(session: Session) -> Response:
    known = [each.code for each in list_columns.EVERY if each.code in posted().getlist("column")]
    kept_lists.choose_columns(services().db, session, known)
    return go_to(ListQuery.parse(posted().get("query", "")).address())


def _session() -> Session:
    session = guard.present()
    if session is None:
        raise SessionOver
    return session
