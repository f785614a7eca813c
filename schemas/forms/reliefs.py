"""What a landlord cut for whom, as (一) second paragraph and (二) ask for it."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import ValidationError, fields, validates_schema

from schemas.enterprise import SizeFacts
from schemas.forms.leases import LEASE
from schemas.forms.parts import (
    MAX_ITEMS,
    MAX_MONTHS,
    Payment,
    refuse_more_than_rent,
    refuse_repeated_months,
)
from schemas.kit.base import StrictSchema
from schemas.kit.bounded import BoundedList
from schemas.kit.describe import about
from schemas.kit.fields import Choice, DateField, Money, Month, Text, Uscc, YesNo
from schemas.kit.names import Name
from schemas.kit.refusals import said
from vocabulary.forms import Business, District, Holding, Owner, Relief, Size, TenantKind, Use

AGREEMENT: Final = "减免协议、收据或退款凭证"


class ReliefMonth(StrictSchema):
    """One month's rent of one tenant, and what the landlord cut of it."""

    month = Month(required=True, **about("月份", "如 2020-03"))
    rent_due = Money(
        **about("当月应付租金（元）", "减免之前的应付额，不含物业费等", source=LEASE, needed=True)
    )
    reduction = Money(**about("当月减免金额（元）", source=AGREEMENT, needed=True))

    @validates_schema
    def _consistent(self, data: dict[str, Any], **_: Any) -> None:
        refuse_more_than_rent(data)


class TenantRelief(SizeFacts):
    """One tenant's lease and its cuts. A branch gives the figures of its whole enterprise."""

    tenant_kind = Choice(TenantKind, **about("承租方类型", source="承租方营业执照", needed=True))
    tenant_uscc = Uscc(**about("承租方统一社会信用代码", "没有代码的填写名称", needed=True))
    tenant_name = Name(max_length=120, **about("承租方名称"))
    size_statement = Choice(
        Size,
        **about(
            "承租方规模声明",
            "不填行业、从业人员、营业收入等划型数据时填写；分公司按所属企业整体填写",
            example="small",
        ),
    )
    lease_no = Text(
        max_length=80, **about("合同编号", "没有编号的填写地址", source=LEASE, needed=True)
    )
    address = Text(max_length=200, **about("房屋地址", source=LEASE))
    premises_district = Choice(District, **about("房屋所在区", source=LEASE, needed=True))
    use = Choice(Use, **about("房屋用途", "区属国有企业出租方判断所需", source=LEASE, of_most=True))
    relief = Choice(
        Relief, **about("租金处理方式", "减免是真正少收，不是缓交", source=AGREEMENT, needed=True)
    )
    rent_raised_later = YesNo(**about("减免之后是否上调租金", example=False))
    raised_amount = Money(
        **about(
            "上调后多收的租金（元）",
            "减免之后上调租金时判断所需：因上调已多收和约定多收的合计",
            source=LEASE,
            in_example=False,
            where=("rent_raised_later", (True,)),
        )
    )
    agreed_on = DateField(**about("约定减免的日期", source=AGREEMENT, example="2020-04-15"))
    proof = Text(max_length=200, **about("减免凭证", "凭证名称或编号"))
    subsidised_elsewhere = YesNo(**about("同一笔减免是否已获其他财政资助", example=False))
    months = BoundedList(
        fields.Nested(ReliefMonth),
        least=1,
        most=MAX_MONTHS,
        **about("各月减免", needed=True),
    )

    @validates_schema
    def _consistent(self, data: dict[str, Any], **_: Any) -> None:
        refuse_repeated_months(data)
        raised = data.get("raised_amount")
        if raised is None:
            return
        if data.get("rent_raised_later") and not raised:
            raise ValidationError({"raised_amount": [said("raise_of_nothing")]})
        if raised and not data.get("rent_raised_later"):
            raise ValidationError({"rent_raised_later": [said("raise_not_stated")]})


class LandlordFacts(Payment):
    """What every landlord is asked."""

    landlord = Choice(
        Owner, **about("出租方性质", "申报单位自己的性质", source="营业执照、章程", needed=True)
    )
    holding = Choice(Holding, **about("房屋权属", source="产权证明或上游租赁合同", needed=True))
    received_from_above = Money(
        **about(
            "上游产权单位给予的减免（元）",
            "承租后转租时填写：2020年3月、4月合计；没有的填0.00",
            source="上游减免协议",
            in_example=False,
            where=("holding", [each for each in Holding if each is not Holding.OWNED]),
        )
    )
    operates_lawfully = YesNo(**about("是否合法经营", "自行申报，以认定为准"))
    in_park = YesNo(**about("房屋是否在西城园政策区内", "用于转送相应部门"))
    business = Choice(Business, **about("承租方主要经营领域", "用于转送相应部门"))
    tenants = BoundedList(
        fields.Nested(TenantRelief),
        least=0,
        most=MAX_ITEMS,
        **about("承租方和减免明细", "每户每份合同一项", needed=True),
    )

    @validates_schema
    def _own_rooms_have_nobody_above(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("received_from_above") and data.get("holding") == Holding.OWNED:
            raise ValidationError({"received_from_above": [said("nobody_above")]})
