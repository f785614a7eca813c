"""Local practice: read, and changed by two administrators while the system runs."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.blueprints import Resource, Told
from api.paths import number
from api.services import services
from casework.docket import practice
from casework.docket.practice import ChangeNotFound
from casework.people.access import Principal
from casework.people.rights import Right
from schemas.practice import (
    PracticeChange,
    PracticeChangeList,
    PracticeList,
    PracticeProposalSchema,
    PracticeQuerySchema,
)

blueprint = Resource("practice", __name__, url_prefix="/api/v1", description="本地做法（管理员）")


@blueprint.officer(
    "GET /practice",
    Right.READ_PRACTICE,
    "列出本地做法",
    "通知没有写明、由本地自己定的天数和金额：今天的值，从哪天起、由谁、为什么。",
    told=Told(200, PracticeList, "全部本地做法"),
)
def listing(principal: Principal) -> PracticeList:
    made = services()
    return practice.list_parameters(made.db, made.settings, principal)


@blueprint.officer(
    "GET /practice/changes",
    Right.READ_PRACTICE,
    "列出本地做法的变更",
    "提出过的变更，新的在前，最多200项。",
    query=PracticeQuerySchema,
    told=Told(200, PracticeChangeList, "变更"),
)
def changes(principal: Principal, **asked: Any) -> PracticeChangeList:
    return practice.list_changes(services().db, principal, **asked)


@blueprint.officer(
    "POST /practice/changes",
    Right.ADMINISTER,
    "提出变更本地做法",
    "从今天以后的一天起，经另一位管理员同意才生效；已经认定、承诺、提请复签的仍按当时的值。各单位负责人会收到告知。",
    takes=PracticeProposalSchema(),
    told=Told(201, PracticeChange, "已提出"),
)
def propose(principal: Principal, **body: Any) -> PracticeChange:
    made = services()
    wanted = {"value": None} | body
    return practice.propose(made.db, made.settings, principal, **wanted)


@blueprint.officer(
    "POST /practice/changes/<change>/confirmation",
    Right.ADMINISTER,
    "同意变更本地做法",
    "由提出人以外的另一位管理员同意，须在生效日以前。",
    told=Told(200, PracticeChange, "已同意"),
)
def confirm(principal: Principal, change: str) -> PracticeChange:
    made, wanted = services(), number(change, ChangeNotFound)
    return practice.confirm(made.db, made.settings, principal, wanted)


@blueprint.officer(
    "DELETE /practice/changes/<change>",
    Right.ADMINISTER,
    "撤回或不同意变更本地做法",
    "只能撤回还没有同意的；已经同意的，另提一项变更。",
    told=Told(204, None, "不再办理"),
)
def end(principal: Principal, change: str) -> Response:
    made = services()
    practice.end(made.db, made.settings, principal, number(change, ChangeNotFound))
    return Response(status=204)
