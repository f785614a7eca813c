"""Objections (异议) to what is publicised: anybody's who can be reached; the bureau answers."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.auth import limited, linked, public, tried
from api.blueprints import Resource, Told
from api.limits import Limiter
from api.openapi import described
from api.paths import number as numbered
from api.paths import secret as checked
from api.services import services
from casework.fulfilment import objection_answers, objections
from casework.fulfilment.objections import GrantNotFound, ObjectionNotFound
from casework.outbox.code_addresses import MOST_A_DAY
from casework.people.access import Principal
from casework.people.rights import Right
from schemas import objections as sent
from schemas.kit.answers import schema_of
from schemas.objections import Objected, ObjectionPage, ObjectionStanding

blueprint = Resource("objections", __name__, url_prefix="/api/v1", description="异议")


@blueprint.route("/publicity/<grant>/objections", methods=["POST"])
@described(
    "对公示提出异议",
    "任何人都可以提出。验证码发到所填的手机或邮箱，填回之后异议才算提出；核实之前不影响兑现。"
    f"同一手机或邮箱每天最多{MOST_A_DAY}次；无论是否发送，答复相同。",
    refusals=(400, 404, 413, 415, 422, 429, 503),
)
@public
@limited(Limiter.code)
@blueprint.arguments(sent.NewObjectionSchema(), as_kwargs=True)
@blueprint.response(202, schema_of(Objected), description="已收到，待核实联系方式")
def ask(grant: str, contact: str, words: str) -> Objected:
    made = services()
    named = checked(grant, GrantNotFound)
    return objections.ask(made.db, made.settings, named, contact=contact, words=words)


@blueprint.route("/objections/confirmation", methods=["POST"])
@described(
    "核实异议人的联系方式",
    "填回收到的验证码；此后由牵头单位限期答复，答复前暂停兑现。",
    refusals=(400, 413, 415, 422, 429, 503),
)
@tried
@limited(Limiter.code)
@blueprint.arguments(sent.ObjectionCodeSchema(), as_kwargs=True)
@blueprint.response(200, schema_of(ObjectionStanding), description="异议已提出")
def confirm(objection: str, code: str) -> ObjectionStanding:
    made = services()
    return objections.confirm(made.db, made.settings, objection, code=code)


@blueprint.route("/objections/<secret>", methods=["GET"])
@described(
    "查看异议的答复",
    "地址中的凭据即提出异议时所得；不存在的答复相同。",
    refusals=(404, 503),
)
@linked
@blueprint.response(200, schema_of(ObjectionStanding), description="异议的状态和答复")
def read(secret: str) -> ObjectionStanding:
    made = services()
    return objections.read(made.db, made.settings, checked(secret, ObjectionNotFound))


@blueprint.officer(
    "GET /objections",
    Right.READ_OBJECTIONS,
    "异议清单",
    "对本单位牵头案件的公示提出的、联系方式已核实的异议，新的在前。查看会记录。",
    query=sent.ObjectionQuerySchema,
    told=Told(200, ObjectionPage, "异议"),
)
def listing(principal: Principal, **asked: Any) -> ObjectionPage:
    made = services()
    return objection_answers.list_objections(made.db, made.settings, principal, **asked)


@blueprint.officer(
    "POST /objections/<number>/decision",
    Right.ANSWER_OBJECTION,
    "答复异议",
    "由牵头单位未参与本件办理的主管答复；成立的停止兑现，不成立的继续兑现。",
    takes=sent.ObjectionAnswerSchema(),
    conflicts=True,
    told=Told(204, None, "已答复"),
)
def answer(principal: Principal, number: str, sustained: bool, words: str) -> Response:
    made = services()
    objection_answers.answer(
        made.db,
        made.settings,
        principal,
        numbered(number, ObjectionNotFound),
        sustained=sustained,
        words=words,
    )
    return Response(status=204)
