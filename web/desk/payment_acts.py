"""One grant on its way, with what can be done to it: waived, tried again, taken back."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from flask import Response

from api.services import services
from casework.docket.desk import Versions
from casework.errors import VersionChanged
from casework.fulfilment import (
    bank_answers,
    lists,
    paid_otherwise,
    payment_account,
    reclaims,
    waivers,
)
from casework.people.access import Principal
from casework.people.rights import Right
from schemas.payments import (
    AccountCheckSchema,
    PaidOtherwiseSchema,
    Payment,
    ReclaimSchema,
    RetrySchema,
    WaiverSchema,
)
from web.desk import act_forms
from web.desk.act_forms import ActForm, Subject, act
from web.desk.guard import desk
from web.desk.pages import desk_pages
from web.parts.page import go_to, page

pages = desk_pages("payment-acts")

_ONE: Final = "/desk/payments/<receipt>"

_EVERY: Final = (
    act(
        "account-confirmation",
        "确认收款账户",
        AccountCheckSchema(exclude=("account",)),
        payment_account.confirm,
        says=(
            "只付到申报单位自己的账户。核对户名是谁，写明依据；确认以后您不付这一笔，满一个完整的工作日后可以付款。",
            "确认是申报单位的账户",
            "收款账户已确认，已告知申报单位。",
        ),
    ),
    act(
        "waiver",
        "登记已减免",
        WaiverSchema(),
        waivers.confirm,
        says=("房东单位确认，或走访核实已减免的，登记减免日期。", "登记", "已登记减免。"),
    ),
    act(
        "retry",
        "按原账户再次付款",
        RetrySchema(),
        bank_answers.retry,
        says=("账户没有错、是银行没有办成的，才按原账户再付。", "再次付款", "编入下一批次。"),
    ),
    act(
        "paid-otherwise",
        "登记已另行付款",
        PaidOtherwiseSchema(),
        paid_otherwise.record,
        says=(
            (
                "不经付款批次已经付清的，如启用付款功能之前付的，登记日期和依据；"
                "另一位主管登记同一日期后算付清，此后不再付款。"
            ),
            "登记已付款",
            "已登记。两位主管都登记了同一日期的才算付清，随即告知申报单位。",
        ),
    ),
    act(
        "reclaim",
        "登记追回",
        ReclaimSchema(exclude=("settled",)),
        reclaims.reclaim,
        says=("钱已经退回来的，登记金额、日期和原因。", "登记追回", "已登记追回。"),
    ),
)
ACTS: Final[Mapping[str, ActForm]] = {each.code: each for each in _EVERY}


@pages.route(_ONE, methods=["GET"])
@desk(Right.READ_PAYMENTS)
def shown(principal: Principal, receipt: str) -> Response:
    found = lists.read(services().db, principal, receipt)
    return page("desk/payment.html", money=found, acts=_offered(found))


@pages.route(f"{_ONE}/waiver", methods=["GET"])
@desk(Right.CONFIRM_WAIVER)
def ask_waiver(principal: Principal, receipt: str) -> Response:
    return _asked(principal, receipt, "waiver")


@pages.route(f"{_ONE}/waiver", methods=["POST"])
@desk(Right.CONFIRM_WAIVER)
def waive(principal: Principal, receipt: str) -> Response:
    return _done(principal, receipt, "waiver")


@pages.route(f"{_ONE}/account-confirmation", methods=["GET"])
@desk(Right.PAY)
def ask_account(principal: Principal, receipt: str) -> Response:
    return _asked(principal, receipt, "account-confirmation")


@pages.route(f"{_ONE}/account-confirmation", methods=["POST"])
@desk(Right.PAY)
def confirm_account(principal: Principal, receipt: str) -> Response:
    return _done(principal, receipt, "account-confirmation")


@pages.route(f"{_ONE}/retry", methods=["GET"])
@desk(Right.PAY)
def ask_retry(principal: Principal, receipt: str) -> Response:
    return _asked(principal, receipt, "retry")


@pages.route(f"{_ONE}/retry", methods=["POST"])
@desk(Right.PAY)
def retry(principal: Principal, receipt: str) -> Response:
    return _done(principal, receipt, "retry")


@pages.route(f"{_ONE}/paid-otherwise", methods=["GET"])
@desk(Right.RECLAIM)
def ask_paid_otherwise(principal: Principal, receipt: str) -> Response:
    return _asked(principal, receipt, "paid-otherwise")


@pages.route(f"{_ONE}/paid-otherwise", methods=["POST"])
@desk(Right.RECLAIM)
def pay_otherwise(principal: Principal, receipt: str) -> Response:
    return _done(principal, receipt, "paid-otherwise")


@pages.route(f"{_ONE}/reclaim", methods=["GET"])
@desk(Right.RECLAIM)
def ask_reclaim(principal: Principal, receipt: str) -> Response:
    return _asked(principal, receipt, "reclaim")


@pages.route(f"{_ONE}/reclaim", methods=["POST"])
@desk(Right.RECLAIM)
def reclaim(principal: Principal, receipt: str) -> Response:
    return _done(principal, receipt, "reclaim")


def _offered(found: Payment) -> list[ActForm]:
    """What can be done now."""
    return [ACTS[each.replace("_", "-")] for each in found.actions]


def _asked(principal: Principal, receipt: str, code: str) -> Response:
    found = lists.read(services().db, principal, receipt)
    if ACTS[code] not in _offered(found):
        return go_to(_address(found))
    return act_forms.asked(ACTS[code], _subject(found, code), {})


def _done(principal: Principal, receipt: str, code: str) -> Response:
    made = services()

    def do(versions: Versions, **read: Any) -> object:
        # What the others are done to may have changed only into what refuses them.
        if code == "account-confirmation":
            (read["account"],) = versions
        if code == "reclaim":
            (paid,) = versions
            read["settled"] = Decimal(paid) / 100
        try:
            return ACTS[code].perform(made.db, made.settings, principal, receipt, **read)
        except payment_account.AccountReplaced:
            stands = lists.read(made.db, principal, receipt).account_id
            raise VersionChanged(stands or 0) from None

    def subject() -> Subject:
        return _subject(lists.read(made.db, principal, receipt), code)

    return act_forms.perform(ACTS[code], subject, do, f"/desk/payments/{receipt}")


def _subject(found: Payment, code: str) -> Subject:
    """Its version is the account's number: what is confirmed is the account that was shown; or what
    is paid: of that something is taken back once."""
    version = reclaims.fen(found.settled) if code == "reclaim" else found.account_id or 0
    return Subject(found.enterprise, _address(found), version, "desk/payment_facts.html", found)


def _address(found: Payment) -> str:
    return f"/desk/payments/{found.receipt}"
