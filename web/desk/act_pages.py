"""What an officer may do to a case besides finding and determining, each with the page that asks
for it: the API's schemas, rights and use cases. What is offered is what is legal now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from marshmallow import Schema

from api.services import Services
from casework.acts import (
    access_codes,
    assign,
    duplicate,
    identity_check,
    review,
    supplement,
    transfer,
)
from casework.acts.access_codes import Issued
from casework.docket.desk import Versions
from casework.followup import phone_call, rating
from casework.notices import editions
from casework.people import colleagues
from casework.people.access import Principal
from casework.people.rights import Right
from schemas import acts as sent
from schemas.cases import Case
from vocabulary.cases import Act
from vocabulary.codes import BY_BUREAU
from web.parts.forms.of_schema import Options, step_of, with_options
from web.parts.forms.shapes import Step

Perform = Callable[..., int | Issued]


@dataclass(frozen=True, slots=True)
class ActPage:
    """An act: the last part of its address, its title, what its page says first, its button, what
    is said when it is done. `options`: of the field that is chosen from a list. `leaves`: whether
    the case is another bureau's afterwards, so that there is no page of it to go back to."""

    code: str
    title: str
    lead: str
    button: str
    done: str
    right: Right
    schema: Schema
    perform: Perform
    is_offered: Callable[[Case], bool]
    options: Callable[[Services, Principal, Case], Mapping[str, Options]] | None = None
    leaves: bool = False

    def step(self, made: Services, principal: Principal, case: Case) -> Step:
        """Its form."""
        choices = self.options(made, principal, case) if self.options else {}
        return with_options(step_of(self.schema, self.code, self.title), choices)


def offered(principal: Principal, case: Case) -> list[ActPage]:
    """What somebody can do to the case now."""
    return [each for each in ACTS.values() if principal.may(each.right) and each.is_offered(case)]


def _legal(*acts: Act) -> Callable[[Case], bool]:
    return lambda case: any(each in case.casework.actions for each in acts)


def _bureaus(_: Services, principal: Principal, case: Case) -> Mapping[str, Options]:
    notice = editions.edition(case.notice).notice
    others = [each for each in notice.bureaus if each != principal.bureau]
    return {"bureau": tuple((each, notice.name_of(each)) for each in others)}


def _colleagues(made: Services, principal: Principal, _: Case) -> Mapping[str, Options]:
    listed = colleagues.list_all(made.db, principal).items
    return {"to": tuple((each.label, each.name or each.label) for each in listed)}


def _asked_before(_: Services, __: Principal, case: Case) -> Mapping[str, Options]:
    return {"duplicate_of": tuple((each, each) for each in case.casework.asked_before)}


def _handed(*_: object) -> Mapping[str, Options]:
    return {"handed": tuple((each.value, each.label) for each in BY_BUREAU)}


def _upheld(*_: object) -> Mapping[str, Options]:
    return {"upheld": (("true", "维持原结果"), ("false", "撤销原结果，重新认定"))}


def _case(use_case: Callable[..., int | Issued]) -> Perform:
    def perform(
        made: Services, principal: Principal, receipt: str, versions: Versions, **read: Any
    ) -> int | Issued:
        return use_case(made.db, made.settings, principal, receipt, versions, **read)

    return perform


def _waits_for_call(case: Case) -> bool:
    return case.leads and any(each.done_at is None for each in case.casework.calls)


def _waits_for_callback(case: Case) -> bool:
    asked = case.casework.callback
    return case.leads and asked is not None and asked.done_at is None


_EVERY: Final = (
    ActPage(
        "identity",
        "核对身份",
        "打电话回访，或者当面核对证照，写明核对了什么。身份未核实的，核对以后才能准予。",
        "记录核对情况",
        "身份核对情况已记录，正在重新核对。",
        Right.CHECK_IDENTITY,
        sent.IdentityCheckSchema(),
        _case(identity_check.check),
        _legal(Act.CHECK_IDENTITY),
    ),
    ActPage(
        "supplement-closure",
        "了结补正要求",
        "申报单位没有答复的，了结以后按现有内容重新核对。",
        "了结",
        "补正要求已了结，正在重新核对。",
        Right.SUPPLEMENT,
        sent.ReasonSchema(),
        _case(supplement.close),
        _legal(Act.CLOSE_SUPPLEMENT),
    ),
    ActPage(
        "phone-call",
        "记录电话告知",
        "短信和邮件没有送到的事项，打电话告知以后记在这里。",
        "记录",
        "电话告知已记录。",
        Right.CALL_BACK,
        sent.PhoneCallSchema(),
        _case(phone_call.tick_off),
        _waits_for_call,
    ),
    ActPage(
        "callback",
        "记录回访",
        "申报单位评价不满意，回访以后记在这里。",
        "记录",
        "回访已记录。",
        Right.CALL_BACK,
        sent.CallbackSchema(),
        _case(rating.call_back),
        _waits_for_callback,
    ),
    ActPage(
        "review",
        "答复复核申请",
        "维持原结果，或者撤销以后重新认定。撤销的，原认定不再有效，重新认定以前不付款；原认定仍可查看，"
        "写的意见马上告知申报单位。",
        "答复",
        "复核已答复，并告知申报单位。",
        Right.DECIDE_REVIEW,
        sent.ReviewDecisionSchema(),
        _case(review.decide),
        _legal(Act.UPHOLD, Act.REOPEN),
        _upheld,
    ),
    ActPage(
        "assignment",
        "指派经办人",
        "指派不改变权限和期限。不选就是取消指派。",
        "指派",
        "已指派。",
        Right.ASSIGN,
        sent.AssignmentSchema(),
        _case(assign.one),
        _legal(Act.ASSIGN),
        _colleagues,
    ),
    ActPage(
        "access-code",
        "签发新的查询码",
        "申报单位丢了查询码或者查询码泄露的，核对身份以后签发，原来的作废。当面交付的人不能再单独认定或复签这一件。",
        "签发",
        "新的查询码已签发。",
        Right.ISSUE_CODE,
        sent.CodeIssueSchema(),
        _case(access_codes.issue),
        _legal(Act.ISSUE_CODE),
        _handed,
    ),
    ActPage(
        "duplicate",
        "按重复申报了结",
        "同一单位就同一事项报了两次的，了结受理在后的一份。内容和材料都保留，申报单位会收到告知，可以申请复核。"
        "写的理由会告知申报单位。",
        "了结这一份",
        "已按重复申报了结，并告知申报单位。",
        Right.CLOSE_DUPLICATE,
        sent.DuplicateSchema(),
        _case(duplicate.close),
        _legal(Act.CLOSE_DUPLICATE),
        _asked_before,
    ),
    ActPage(
        "transfer",
        "转办",
        "转给应当办理的单位。每件可以转办一次，再转由主管办理。理由会告知申报单位。",
        "转办",
        "已转办。",
        Right.TRANSFER,
        sent.TransferSchema(),
        _case(transfer.transfer),
        _legal(Act.TRANSFER),
        _bureaus,
        leaves=True,
    ),
)
ACTS: Final[Mapping[str, ActPage]] = {each.code: each for each in _EVERY}
