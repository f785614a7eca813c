"""What the applicant does after submitting: supplement, withdraw, ask for a review, rate."""

from __future__ import annotations

from functools import partial
from typing import Final

from api.acts import applicant_act
from api.auth import limited
from api.blueprints import Resource, Told
from api.limits import Limiter
from api.services import services
from casework.acts import contact, contact_code, review, supplement, withdraw
from casework.followup import rating
from casework.fulfilment import payment_account
from schemas import acts as sent
from schemas.enterprise import ContactPerson
from schemas.identity import CodeAsked
from schemas.payments import AccountConfirmationSchema, AccountSchema

blueprint = Resource(
    "applicant_acts", __name__, url_prefix="/api/v1", description="申报后的办理（申报单位）"
)
_act: Final = partial(applicant_act, blueprint)

_act("supplement", sent.SupplementAnswerSchema(), supplement.answer)(
    "补正",
    "只能修改要求补正的事项；整份申报按申报表重新检查，然后重新核对。",
    done="已补正，随后重新核对",
)

_act("withdrawal", sent.WithdrawalSchema(), withdraw.withdraw)(
    "撤回申报",
    "认定生效前可以撤回；撤回后不再办理。",
    done="已撤回",
)

_act("review", sent.ReasonSchema(), review.request)(
    "申请复核",
    "不同意核对、认定或转介的结果的，可以申请复核，由未参与原认定的主管答复。",
    done="已申请复核",
)

_act("rating", sent.RatingSchema(), rating.rate)(
    "评价",
    "分五等，每份申报评价一次；不满意和非常不满意的，由牵头单位限期回访。",
    done="已评价",
)

_act("payment-account", AccountSchema(), payment_account.give)(
    "填写收款账户",
    "认定准予、由单位付款的，填写收款账户；付款送银行之前可以更正。银行退回的，更正后再次付款。"
    "户名须与申报单位名称一致；个体工商户可填经营者本人，由承办单位确认后付款。",
    done="已填写",
)

_act("payment-account/confirmation", AccountConfirmationSchema(), payment_account.confirm_own)(
    "确认收款账户",
    "申报时填写了收款账户的，准予后在状态中显示（账号只显示末四位），由申报单位或承办单位确认后才付款。",
    done="已确认",
)

_act("contact", ContactPerson(), contact.correct)(
    "更正联系方式",
    "随时可以更正；新的电话和邮箱须重新核实，核实之前消息不会发到那里。原已核实的电话或邮箱会收到提醒。",
    done="已更正",
)

_act("contact/verification", sent.CodeSchema(), contact_code.verify)(
    "核实联系方式",
    "填回收到的验证码。核实之后，此前因身份未核实而未办的事项（如走访）随即办理。",
    done="已核实",
)


@blueprint.applicant(
    "POST /applications/<receipt>/contact/code",
    "索取验证码",
    "验证码发到所填的手机或邮箱，几分钟内有效。同一号码或邮箱每天最多三次；无论是否发送，答复相同。",
    takes=sent.CodeRequestSchema(),
    conflicts=True,
    told=Told(202, CodeAsked, "已收到"),
)
@limited(Limiter.code)
def ask_code(receipt: str, access_code: str, channel: str) -> CodeAsked:
    made = services()
    return contact_code.ask(made.db, made.settings, receipt, access_code, channel=channel)
