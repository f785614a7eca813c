"""A bureau's visits: its plan, what it decides about them, what came of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from api import etags
from api.blueprints import Resource, Told, Version
from api.etags import Tagged
from api.paths import number
from api.services import services
from casework.followup import visit_acts, visit_assign, visit_list, visit_plan
from casework.followup.requests import Asked
from casework.followup.visit_acts import Versions
from casework.followup.visit_list import VisitNotFound, Wanted
from casework.fulfilment import visited_waivers
from casework.people.access import Principal
from casework.people.rights import Right
from schemas.acts import ReasonSchema
from schemas.requests import Changed
from schemas.visits import (
    CapacityInForce,
    CapacitySchema,
    PlannedVisit,
    VisitAssignmentSchema,
    VisitAssignmentsSchema,
    VisitConfirmationSchema,
    VisitCorrectionSchema,
    VisitDoneList,
    VisitMoveSchema,
    VisitOutcomeSchema,
    VisitPage,
    VisitQuerySchema,
)

blueprint = Resource("visits", __name__, url_prefix="/api/v1", description="走访（责任单位）")


@blueprint.officer(
    "GET /visits",
    Right.READ_VISITS,
    "列出走访",
    "本单位承担的走访，以及涉及本单位牵头申请的走访。同一企业的多份申请合并为一次走访。",
    query=VisitQuerySchema,
    told=Told(200, VisitPage, "本单位的走访"),
)
def listing(
    principal: Principal, before: int | None = None, limit: int | None = None, **filters: Any
) -> VisitPage:
    wanted = Wanted(**filters)
    return visit_list.list_visits(services().db, principal, wanted, before=before, limit=limit)


@blueprint.officer(
    "PUT /visits/capacity",
    Right.SET_CAPACITY,
    "设定每日走访家数",
    "本单位每日能走访的企业数；已排满的日子不变。本地做法，通知没有规定。",
    takes=CapacitySchema(),
    told=Told(200, CapacityInForce, "已设定"),
)
def capacity(principal: Principal, visits_per_day: int | None) -> CapacityInForce:
    made = services()
    in_force = visit_plan.set_capacity(made.db, made.settings, principal, visits_per_day)
    return CapacityInForce(visits_per_day=in_force)


@blueprint.officer(
    "GET /visits/<visit>",
    Right.READ_VISITS,
    "查看走访",
    "日期及其由来、企业联系人、所涉申请、结果。",
    told=Told(200, PlannedVisit, "走访"),
)
def read(principal: Principal, visit: str) -> Tagged[PlannedVisit]:
    found = visit_list.read(services().db, principal, number(visit, VisitNotFound))
    return etags.tagged(found)


@blueprint.officer(
    "POST /visits/<visit>/confirmation",
    Right.CHANGE_VISIT,
    "确认走访",
    "确认日期和时间，并告知企业；此后只由本单位改期。",
    takes=VisitConfirmationSchema(),
    version=Version.REQUIRED,
    told=Told(200, Changed, "已确认"),
)
def confirm(principal: Principal, visit: str, versions: Versions, **day: Any) -> Tagged[Changed]:
    return _changed(visit_acts.confirm, principal, visit, versions, **day)


@blueprint.officer(
    "POST /visits/<visit>/move",
    Right.CHANGE_VISIT,
    "改期",
    "改到另一个未排满的工作日，并把理由告知企业。",
    takes=VisitMoveSchema(),
    version=Version.REQUIRED,
    told=Told(200, Changed, "已改期"),
)
def move(principal: Principal, visit: str, versions: Versions, **day: Any) -> Tagged[Changed]:
    return _changed(visit_acts.move, principal, visit, versions, **day)


@blueprint.officer(
    "POST /visits/<visit>/outcome",
    Right.CHANGE_VISIT,
    "记录走访结果",
    "记录走访结果和企业提出的诉求；诉求随即分办并计算答复期限。上门未遇的另行安排走访。"
    "有待落实的减免的，可一并登记：已落实的即办结，未落实的告知督促减免的单位。",
    takes=VisitOutcomeSchema(),
    version=Version.REQUIRED,
    told=Told(200, Changed, "已记录"),
)
def outcome(
    principal: Principal,
    visit: str,
    versions: Versions,
    requests: Sequence[Mapping[str, Any]] = (),
    **found: Any,
) -> Tagged[Changed]:
    made = services()
    asked = [Asked(each["words"], each.get("field")) for each in requests]
    subject = number(visit, VisitNotFound)
    told = visited_waivers.record_outcome(
        made.db, made.settings, principal, subject, versions, requests=asked, **found
    )
    return etags.tagged(told)


@blueprint.officer(
    "POST /visits/<visit>/correction",
    Right.CHANGE_VISIT,
    "更正走访日期",
    "更正已走访的日期并说明理由；原日期留在经过中，并告知企业。",
    takes=VisitCorrectionSchema(),
    version=Version.REQUIRED,
    told=Told(200, Changed, "已更正"),
)
def correct(principal: Principal, visit: str, versions: Versions, **day: Any) -> Tagged[Changed]:
    return _changed(visit_acts.correct_outcome, principal, visit, versions, **day)


@blueprint.officer(
    "POST /visits/<visit>/assignment",
    Right.ASSIGN_VISIT,
    "指派走访人员",
    "经办人认领没有人认领的走访，或者退回自己的；主管可以指派给任何同事。不改变权限和期限。",
    takes=VisitAssignmentSchema(),
    version=Version.REQUIRED,
    told=Told(200, Changed, "已指派"),
)
def assigned(principal: Principal, visit: str, versions: Versions, **to: Any) -> Tagged[Changed]:
    return _changed(visit_assign.assign, principal, visit, versions, **to)


@blueprint.officer(
    "POST /visits/assignments",
    Right.ASSIGN_VISIT,
    "批量指派走访人员",
    "逐家指派走访人员，日期不变；一家不成不影响其他，逐家答复结果。",
    takes=VisitAssignmentsSchema(),
    told=Told(200, VisitDoneList, "逐家结果"),
)
def assign_many(
    principal: Principal, visits: Sequence[Mapping[str, int]], to: str | None = None
) -> VisitDoneList:
    made, seen = services(), {each["visit"]: each["version"] for each in visits}
    return visit_assign.many(made.db, made.settings, principal, seen, to)


@blueprint.officer(
    "POST /visits/<visit>/cancellation",
    Right.CHANGE_VISIT,
    "取消走访",
    "取消并说明理由；不再另行安排。",
    takes=ReasonSchema(),
    version=Version.REQUIRED,
    told=Told(200, Changed, "已取消"),
)
def cancel(principal: Principal, visit: str, versions: Versions, reason: str) -> Tagged[Changed]:
    return _changed(visit_acts.cancel, principal, visit, versions, reason=reason)


def _changed(
    act: Callable[..., int], principal: Principal, visit: str, versions: Versions, **body: Any
) -> Tagged[Changed]:
    made = services()
    subject = number(visit, VisitNotFound)
    version = act(made.db, made.settings, principal, subject, versions, **body)
    return etags.tagged(Changed(id=subject, version=version))
