"""A new access code in the place of a lost one: from the bureau that leads the case, or for a
one-time code that only a confirmed address gets."""

from __future__ import annotations

from typing import Final

from api.auth import limited, public, tried
from api.blueprints import Resource, Told, Version
from api.etags import Tagged, tagged
from api.limits import Limiter
from api.openapi import described
from api.services import services
from casework.acts import access_codes
from casework.outbox.code_addresses import MINUTES, MOST_A_DAY
from casework.people.access import Principal
from casework.people.rights import Right
from schemas import acts as sent
from schemas.kit.answers import schema_of
from vocabulary.receipts import normalise

blueprint = Resource("access_codes", __name__, url_prefix="/api/v1", description="查询码遗失")

_ASKED: Final = sent.CodeMaybeSent(
    text="如果这份申请有已核实的联系方式，验证码已发到那里；没有收到的，请到联系单位当面核对身份后领取新的查询码。",
    minutes=MINUTES,
)


@blueprint.officer(
    "POST /cases/<receipt>/access-code",
    Right.ISSUE_CODE,
    "签发新的查询码",
    "申报单位遗失查询码或查询码泄露的，牵头单位核对身份并写明情况后签发新的查询码，原查询码随即作废。"
    "当面交付的，答复中显示一次；也可以发往已核实的联系方式。"
    "签发情况记入经过，并告知已核实的联系方式；当面交付查询码的人不能再单独认定本件或复签。",
    takes=sent.CodeIssueSchema(),
    version=Version.REQUIRED,
    told=Told(200, sent.CodeIssued, "已签发"),
)
def issue(
    principal: Principal, receipt: str, versions: frozenset[int], handed: str, note: str
) -> Tagged[sent.CodeIssued]:
    made = services()
    issued = access_codes.issue(
        made.db, made.settings, principal, receipt, versions, handed=handed, note=note
    )
    number = normalise(receipt)
    return tagged(
        sent.CodeIssued(
            receipt=number,
            version=issued.version,
            case_url=f"{made.settings.public_url}/api/v1/cases/{number}",
            access_code=issued.access_code,
            sent_to=issued.sent_to,
        )
    )


@blueprint.route("/applications/<receipt>/access-code/request", methods=["POST"])
@blueprint.response(202, schema_of(sent.CodeMaybeSent), description="已收到")
@described(
    "遗失查询码：索取验证码",
    "只须受理编号。验证码只发到这份申请已核实的联系方式，"
    f"同一手机或邮箱每天最多{MOST_A_DAY}次；无论受理编号是否存在、是否发送，答复相同。",
    refusals=(429, 503),
)
@public
@limited(Limiter.code)
def ask(receipt: str) -> tuple[sent.CodeMaybeSent, int, dict[str, str]]:
    made = services()
    access_codes.ask(made.db, made.settings, receipt)
    return _ASKED, 202, {"Cache-Control": "no-store"}


@blueprint.route("/applications/<receipt>/access-code", methods=["POST"])
@described(
    "遗失查询码：换领",
    "凭受理编号和收到的验证码换领新的查询码，只显示这一次；原查询码随即作废。"
    "验证码不正确、已失效与受理编号不存在的答复相同。",
    refusals=(400, 413, 415, 422, 429, 503),
)
@tried
@limited(Limiter.code)
@blueprint.arguments(sent.RenewalSchema(), as_kwargs=True)
@blueprint.response(200, schema_of(sent.CodeRenewed), description="已换领，原查询码作废")
def renew(receipt: str, code: str) -> sent.CodeRenewed:
    made = services()
    fresh = access_codes.renew(made.db, made.settings, receipt, code=code)
    number = normalise(receipt)
    return sent.CodeRenewed(
        receipt=number,
        access_code=fresh,
        status_url=f"{made.settings.public_url}/api/v1/applications/{number}",
    )
