"""What who filed may do, each with the page that asks for it: the API's acts, schemas, use cases.

What is offered at a moment is what the status says of it (`actions`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from marshmallow import Schema

from api.services import services
from casework.acts import contact, review, withdraw
from casework.followup import rating, requests
from casework.followup.requests import Asked
from casework.fulfilment import payment_account
from casework.views import own_data
from schemas import acts as sent
from schemas.enterprise import ContactPerson
from schemas.payments import AccountConfirmationSchema, AccountSchema
from schemas.privacy import DeletionSchema
from schemas.requests import AskSchema
from schemas.status import Status
from vocabulary.cases import Act, Grade
from vocabulary.days import plain_day
from vocabulary.events import EventType
from vocabulary.fulfilment import BEFORE_THE_BANK, AccountState, Way
from vocabulary.requests import RequestSubject
from web.parts.forms.of_schema import Options, step_of, with_options
from web.parts.forms.shapes import Step, Typed
from web.portal.holding import Held


@dataclass(frozen=True, slots=True)
class ActPage:
    """An act: its link, what its page says first, its button, what is said when it is done.

    `act`: where the API offers it always, None. `when`: when it can be done, where no act says so.
    `present`: what stands already and is to be changed; `about`: what it is done to, in words.
    """

    code: str
    title: str
    lead: str
    button: str
    done: str
    schema: Schema
    perform: Callable[..., object]
    step: Step
    act: Act | None = None
    when: Callable[[Status], bool] | None = None
    present: Callable[[Held], Typed] | None = None
    about: Callable[[Status], str | None] | None = None

    def is_open(self, found: Status) -> bool:
        """Whether it can be done now."""
        if self.when is not None:
            return self.when(found)
        return self.act is None or self.act in found.actions

    @property
    def is_of_version(self) -> bool:
        """Whether it is done to the case as it was seen, and not after somebody has changed it."""
        return self.act is not None


def offered(found: Status) -> list[ActPage]:
    """What can be done now."""
    return [each for each in ACTS.values() if each.is_open(found)]


def _page(
    code: str,
    title: str,
    schema: Schema,
    perform: Callable[..., object],
    *,
    says: tuple[str, str, str],
    act: Act | None = None,
    when: Callable[[Status], bool] | None = None,
    choices: Mapping[str, Options] | None = None,
) -> ActPage:
    step = with_options(step_of(schema, code, title), choices or {})
    return ActPage(code, title, *says, schema, perform, step, act, when)


def _case(use_case: Callable[..., object]) -> Callable[..., object]:
    def perform(held: Held, **read: Any) -> object:
        made = services()
        return use_case(made.db, made.settings, held.receipt, held.access_code, **read)

    return perform


def _ask(held: Held, words: str, field: str | None = None) -> object:
    return _case(requests.open_by_applicant)(held, asked=Asked(words, field))


def _deletion(held: Held, reason: str | None = None) -> object:
    subject = RequestSubject.DELETION
    return _case(requests.open_by_applicant)(
        held, asked=Asked(reason or subject.label, subject=subject)
    )


def _contact(held: Held) -> Typed:
    made = services()
    given = own_data.answers(made.db, made.settings, held.receipt, held.access_code)
    contact = given["enterprise"].get("contact") or {}
    return {f"/{name}": str(value) for name, value in contact.items() if value}


def _takes_account(found: Status) -> bool:
    money = found.fulfilment
    return money is not None and money.way is Way.PAYMENT and money.progress in BEFORE_THE_BANK


def _confirms_account(found: Status) -> bool:
    money = found.fulfilment
    return _takes_account(found) and money is not None and money.account_state is AccountState.FILED


def _account(found: Status) -> str | None:
    return found.fulfilment.account if found.fulfilment else None


def account_given(found: Status) -> str | None:
    """The account that stands, with its last digits, and since when; None where there is none."""
    account = _account(found)
    given = [each.at for each in found.timeline if each.type == EventType.ACCOUNT_GIVEN]
    if account is None:
        return None
    since = f"{plain_day(given[-1])}填写" if given else f"{plain_day(found.received_at)}申报时填写"
    return f"现在的收款账户：{account}（{since}）"


UNCHANGED: Final = "unchanged"
"""In the place of an act's code: what was sent is what stands."""

_GRADES: Final = tuple((str(each.value), each.label) for each in sorted(Grade, reverse=True))

_EVERY: Final = (
    _page(
        "account-confirmation",
        "确认收款账户",
        AccountConfirmationSchema(),
        _case(payment_account.confirm_own),
        says=(
            "这是申请里写的账户。是您单位自己的，请确认，满一个完整的工作日后可以付款；不是的，另填收款账户。",
            "确认",
            "收款账户已确认。",
        ),
        when=_confirms_account,
    ),
    _page(
        "account",
        "填写收款账户",
        AccountSchema(),
        _case(payment_account.give),
        says=(
            "准予的钱在满一个完整的工作日后付到这个账户，送银行之前可以更正。户名要和申报单位的名称一致；个体工商户填经营者的，由单位确认。",
            "保存收款账户",
            "收款账户已保存。",
        ),
        when=_takes_account,
    ),
    _page(
        "contact",
        "换联系人或电话",
        ContactPerson(),
        _case(contact.correct),
        says=(
            "改要改的，其余不动。新的电话和邮箱要重新核实，核实之前消息不会发到那里。",
            "保存联系方式",
            "联系方式已更正。",
        ),
        act=Act.CORRECT_CONTACT,
    ),
    _page(
        "ask",
        "提出诉求",
        AskSchema(),
        _ask,
        says=(
            "有困难、有问题，写在这里，由责任单位答复。",
            "提出诉求",
            "诉求已登记，下面可以看到答复期限。",
        ),
    ),
    _page(
        "review",
        "申请复核",
        sent.ReasonSchema(),
        _case(review.request),
        says=("不同意结果的，写明理由，由没有参与原认定的人答复。", "申请复核", "复核申请已收到。"),
        act=Act.REQUEST_REVIEW,
    ),
    _page(
        "rate",
        "评价办理情况",
        sent.RatingSchema(),
        _case(rating.rate),
        says=("每份申请评价一次。不满意的，会有人回访。", "交评价", "评价已收到，谢谢。"),
        act=Act.RATE,
        choices={"grade": _GRADES},
    ),
    _page(
        "deletion",
        "请求删除个人信息",
        DeletionSchema(),
        _deletion,
        says=(
            "由责任单位答复：同意的写明删除日期，不同意的说明理由。",
            "请求删除",
            "删除请求已登记，下面可以看到答复期限。",
        ),
    ),
    _page(
        "withdraw",
        "撤回申请",
        sent.WithdrawalSchema(),
        _case(withdraw.withdraw),
        says=("撤回以后不再办理，也不能恢复；需要的话可以重新申请。", "确认撤回", "申请已撤回。"),
        act=Act.WITHDRAW,
    ),
)
_PRESENT: Final = {"contact": _contact}
_ABOUT: Final = {"account-confirmation": _account, "account": account_given}
ACTS: Final[Mapping[str, ActPage]] = {
    each.code: replace(each, present=_PRESENT.get(each.code), about=_ABOUT.get(each.code))
    for each in _EVERY
}
