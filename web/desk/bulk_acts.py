"""One act on many cases of the list: a result for each, and what was not done stays selected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from flask import Response
from marshmallow import ValidationError

from api.services import services
from casework.acts import acknowledge, assign, determine, findings
from casework.people.access import Principal
from casework.people.rights import Right
from schemas.bulk import Done
from schemas.findings import FindingsSchema
from schemas.kit.paging import LIMIT_MAX
from web.desk import bulk_offer
from web.desk.guard import desk
from web.desk.list_query import ListQuery
from web.desk.pages import desk_pages
from web.parts.page import page
from web.parts.posted import posted

pages = desk_pages("bulk-acts")

_LONGEST: Final = 60
_TOO_MANY: Final = f"一次最多办{LIMIT_MAX}件"


class Picked(NamedTuple):
    """A case of the list, as it was when it was picked."""

    receipt: str
    version: int

    @property
    def value(self) -> str:
        """As the list's checkbox sends it."""
        return f"{self.receipt}~{self.version}"


class Result(NamedTuple):
    """What became of one: done, refused and why, or not tried."""

    picked: Picked
    is_done: bool
    said: str


@pages.route("/desk/cases/acknowledge", methods=["POST"])
@desk(Right.ACKNOWLEDGE)
def acknowledge_many(principal: Principal) -> Response:
    return _told(
        principal,
        "签收",
        lambda picked: acknowledge.many(services().db, principal, _receipts(picked)).results,
    )


@pages.route("/desk/cases/assign", methods=["POST"])
@desk(Right.ASSIGN)
def assign_many(principal: Principal) -> Response:
    made, sent = services(), posted().get("to", "")[:80]
    to = "".join(each if each.isprintable() else "?" for each in sent) or None  # nobody's name
    return _told(
        principal,
        f"指派给{dict(bulk_offer.to_whom(principal)).get(to, to)}" if to else "取消指派",
        lambda picked: (
            assign.many(made.db, made.settings, principal, _receipts(picked), to).results
        ),
    )


@pages.route("/desk/cases/findings", methods=["POST"])
@desk(Right.RECORD_FINDING)
def find_many(principal: Principal) -> Response:
    """The same finding on each, where the version that was seen still stands."""
    sent = posted()
    condition, _, result = sent.get("finding", "").partition(" ")
    body = {"condition": condition, "result": result == "met", "note": sent.get("reason", "")}
    if result not in ("met", "unmet"):
        return _told(
            principal, "记录认定意见", lambda _: [], fault="选一个条件，再选符合或者不符合。"
        )
    act = f"条件{condition}记为{'符合' if body['result'] else '不符合'}"
    try:
        found = FindingsSchema().load({"findings": [body]})["found"]
    except ValidationError:
        return _told(
            principal, act, lambda _: [], fault="认定意见要写理由，写一次，用于选中的每一件。"
        )
    return _told(
        principal,
        act,
        lambda picked: (
            findings.record_many(
                services().db, principal, {each.receipt: each.version for each in picked}, found
            ).results
        ),
    )


@pages.route("/desk/cases/determine", methods=["POST"])
@desk(Right.DETERMINE)
def determine_many(principal: Principal) -> Response:
    """Grant each as computed; the version that was seen is the one that is decided."""
    made, reason = services(), posted().get("reason", "").strip()[:2000]
    if not reason:
        return _told(
            principal,
            "按计算结果准予",
            lambda _: [],
            fault="准予要写理由，写一次，用于选中的每一件。",
        )
    return _told(
        principal,
        "按计算结果准予",
        lambda picked: (
            determine.grant_many(
                made.db,
                made.settings,
                principal,
                {each.receipt: each.version for each in picked},
                reason,
            ).results
        ),
    )


def _told(
    principal: Principal,
    act: str,
    perform: Callable[[Sequence[Picked]], Sequence[Done]],
    fault: str = "",
) -> Response:
    asked = ListQuery.parse(posted().get("query", ""))
    picked = _picked()
    if not picked and not fault:
        fault = "没有选中任何一件。在列表左边打勾，再按按钮。"
    tried = [] if fault else picked[:LIMIT_MAX]
    became = {each.receipt: each for each in perform(tried)} if tried else {}
    results = [_result(each, became.get(each.receipt), is_tried=not fault) for each in picked]
    return page(
        "desk/bulk_results.html",
        422 if fault else 200,
        act=act,
        fault=fault,
        results=results,
        count=sum(each.is_done for each in results),
        undone=[each for each in results if not each.is_done],
        asked=asked,
        **bulk_offer.of(principal, posted().getlist("point"), posted()),
    )


def _result(picked: Picked, done: Done | None, *, is_tried: bool) -> Result:
    if done is None:
        return Result(picked, is_done=False, said=_TOO_MANY if is_tried else "")
    if not done.done:
        return Result(picked, is_done=False, said=bulk_offer.why(done.code, done.message))
    return Result(picked, is_done=True, said=getattr(done, "state_text", None) or "已办")


def _picked() -> list[Picked]:
    found: dict[str, Picked] = {}
    for value in posted().getlist("pick"):
        receipt, _, version = value[:_LONGEST].rpartition("~")
        if receipt and version.isascii() and version.isdecimal():
            found[receipt] = Picked(receipt, int(version))
    return list(found.values())


def _receipts(picked: Sequence[Picked]) -> list[str]:
    return [each.receipt for each in picked]
