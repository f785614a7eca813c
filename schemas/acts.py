"""Acts on a case on the wire: what is sent, one schema per act, and where the case then is."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Final

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from schemas.basis import StatedBasisSchema
from schemas.findings import FindingSchema
from schemas.kit.answers import answer
from schemas.kit.base import StrictSchema
from schemas.kit.bounded import BoundedDict, BoundedList
from schemas.kit.describe import about
from schemas.kit.fields import DateField, Described, Money, Text, Whole, YesNo
from schemas.kit.refusals import coded
from vocabulary.cases import Grade, State
from vocabulary.codes import BY_BUREAU
from vocabulary.identity import CONFIRMABLE

MOST_FIELDS: Final = 100
MOST_PAPERS: Final = 40


def _reason(label: str = "理由", **options: Any) -> Text:
    return Text(max_length=1000, lines=True, required=True, **options, **about(label))


class SupplementRequestSchema(StrictSchema):
    """A request to supplement (补正): exact fields, reason, deadline."""

    fields_ = BoundedList(
        Text(max_length=200),
        least=0,
        most=MOST_FIELDS,
        data_key="fields",
        attribute="fields",
        load_default=(),
        **about(
            "须补正的事项",
            "JSON 指针，例如 /facts/leases/0/rent；只有这些事项可以修改；与 documents 至少一项",
        ),
    )
    documents = BoundedList(
        Text(max_length=60),
        least=0,
        most=MOST_PAPERS,
        load_default=(),
        **about("须补交的材料", "清单所列的材料名称，例如 租赁合同"),
    )
    reason = _reason()
    due_on = DateField(
        required=True, **about("期限", "含当日；当日不是工作日的，顺延至下一个工作日")
    )


class ReasonSchema(StrictSchema):
    """Why, where nothing else is to be said."""

    reason = _reason()


class DeterminationSchema(StrictSchema):
    """A determination (认定)."""

    as_computed = YesNo(
        **about(
            "按计算结果准予",
            "true 即准予案件所列的金额，只再写理由；还有待认定条件的，在 findings 中逐项写明符合",
        )
    )
    granted = YesNo(**about("是否准予", "不按计算结果准予时必填"))
    amount = Money(**about("认定金额（元）", "准予且通知规定了算法时必填；不予认定时不填"))
    reason = _reason()
    findings = BoundedList(
        fields.Nested(FindingSchema),
        least=1,
        most=100,
        **about(
            "认定意见",
            "不予认定时写明哪项条件不符合；不按计算结果准予时，未列出的待认定条件即认定为符合",
        ),
    )
    override = Text(
        max_length=1000,
        lines=True,
        **about("超出计算金额的理由", "认定金额超过按规则计算的金额时必填，并须由第二人复签"),
    )

    despite = Text(
        max_length=1000,
        lines=True,
        **about("仍予准予的理由", "另一单位就同一合同已获准、仍予准予的必填，并须由第二人复签"),
    )
    basis = fields.Nested(
        StatedBasisSchema,
        **about("金额依据", "通知没有规定算法、又写明金额的必填，并须由第二人复签"),
    )

    @validates_schema
    def _one_of_two(self, read: dict[str, Any], **_: Any) -> None:
        if read.get("as_computed"):
            for name in {"amount", "override", "despite", "basis"} & read.keys():
                raise ValidationError(coded("not_with_as_computed"), name)
            if read.get("granted") is False:
                raise ValidationError(coded("not_with_as_computed"), "granted")
        elif "granted" not in read:
            raise ValidationError(coded("required"), "granted")

    @post_load
    def _made(self, read: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**read, "granted": True} if read.get("as_computed") else read


class ApprovalSchema(StrictSchema):
    """The second person's answer (复签)."""

    approved = YesNo(required=True, **about("是否同意"))
    reason = _reason("意见", attribute="note")


class TransferSchema(StrictSchema):
    """A transfer to the right bureau (转办)."""

    bureau = Text(max_length=40, required=True, attribute="to", **about("转办单位代码"))
    reason = _reason()


class DuplicateSchema(StrictSchema):
    """Which application goes on in the place of one that is closed as its duplicate (重复申报)."""

    duplicate_of = Text(
        max_length=40,
        required=True,
        **about("继续办理的受理编号", "同一单位就同一事项先受理的那份申请"),
    )
    reason = _reason()


class ReviewDecisionSchema(StrictSchema):
    """The answer to a review request (复核)."""

    upheld = YesNo(required=True, **about("是否维持", "false 撤销原结果，重新认定"))
    reason = _reason("复核意见")


class CallbackSchema(StrictSchema):
    """What a call-back (回访) came to."""

    note = _reason("回访情况")


class PhoneCallSchema(StrictSchema):
    """What came of telling an applicant by telephone (电话告知)."""

    note = _reason("告知情况")


class AnyValue(Described, fields.Raw):
    """A value of whichever kind the form asks; the form checks it afterwards."""

    def read(self, value: Any) -> Any:
        return value

    def json_schema(self) -> dict[str, Any]:
        return {}


class IdentityCheckSchema(StrictSchema):
    """An officer has checked who files."""

    note = _reason("核对情况")
    contact = YesNo(
        required=True, **about("联系方式是否也已核对", "true 此后的消息可以发到所填的电话和邮箱")
    )


class CodeRequestSchema(StrictSchema):
    """Where the code is to be sent."""

    channel = fields.String(
        required=True,
        validate=validate.OneOf([channel.value for channel in CONFIRMABLE]),
        **about("渠道", "sms 发到所填手机，email 发到所填邮箱"),
    )


class CodeSchema(StrictSchema):
    """A code that is typed back."""

    code = Text(max_length=12, required=True, **about("验证码", "收到的六位数字"))


class CodeIssueSchema(StrictSchema):
    """An officer issues a new access code."""

    handed = fields.String(
        required=True,
        validate=validate.OneOf([handing.value for handing in BY_BUREAU]),
        **about("交付方式", "in_person 当面交付，答复中显示一次；contact 发往已核实的联系方式"),
    )
    note = _reason("核对情况")


class RenewalSchema(StrictSchema):
    """A one-time code that is exchanged for a new access code."""

    code = Text(max_length=20, required=True, **about("验证码", "收到的八位字母和数字"))


class SupplementAnswerSchema(StrictSchema):
    """The applicant's answers to a request to supplement."""

    values = BoundedDict(
        least=1,
        most=MOST_FIELDS,
        keys=fields.String(),
        values=AnyValue(allow_none=True, **about("新的内容", "与申报表该项的填法相同")),
        load_default=dict,
        **about("补正内容", "JSON 指针 → 新的内容；只要求材料的可以不填"),
    )


class AssignmentSchema(StrictSchema):
    """Which colleague works on a case."""

    to = Text(max_length=80, **about("经办人", "在单位内的名称；不填为取消指派"))


class WithdrawalSchema(StrictSchema):
    """A withdrawal."""

    reason = Text(max_length=1000, lines=True, **about("理由"))


class RatingSchema(StrictSchema):
    """Satisfaction (好差评)."""

    grade = Whole(
        low=min(Grade),
        high=max(Grade),
        required=True,
        **about("评价", "，".join(f"{grade.value} {grade.label}" for grade in Grade)),
    )
    comment = Text(max_length=1000, lines=True, **about("意见"))


@answer
class Moved:
    """The case after an act; its version is in the ETag as well."""

    receipt: Annotated[str, about("受理编号")]
    version: Annotated[int, about("版本")]
    case_url: Annotated[str, fields.Url, about("地址")]


@answer
class CodeIssued(Moved):
    """A new access code."""

    access_code: Annotated[
        str | None, about("查询码", "当面交付时显示这一次；发往联系方式的不显示")
    ]
    sent_to: Annotated[str | None, about("发往", "部分隐去")]


@answer
class CodeMaybeSent:
    """The answer to asking for a code to renew the access code: the same for every receipt."""

    text: Annotated[str, about("说明")]
    minutes: Annotated[int, about("几分钟内有效")]


@answer
class CodeRenewed:
    """The new access code of an application."""

    receipt: Annotated[str, about("受理编号")]
    access_code: Annotated[str, about("查询码", "只显示这一次；原查询码已作废")]
    status_url: Annotated[str, fields.Url, about("查询地址")]


@answer
class Determined(Moved):
    """What became of a determination."""

    state: Annotated[State, about("状态代码")]
    state_text: Annotated[str, about("状态")]
    amount: Annotated[Decimal | None, about("认定金额")]
    computed: Annotated[Decimal | None, about("按规则计算的金额")]
    delta: Annotated[Decimal | None, about("差额（认定减计算）")]
