"""(四): directly run chain shops."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from schemas.enterprise import SizeFacts
from schemas.forms.leases import LEASE, Premises
from schemas.forms.parts import (
    MAX_ITEMS,
    MAX_MONTHS,
    Declarations,
    LastDay,
    Operated,
    Payment,
    Staffing,
    refuse_more_than_rent,
    refuse_repeated_months,
    refuse_reversed_term,
)
from schemas.kit.base import StrictSchema
from schemas.kit.bounded import BoundedList
from schemas.kit.describe import about
from schemas.kit.fields import Choice, DateField, Money, Month, Uscc, Whole
from schemas.kit.names import Name
from schemas.kit.refusals import said
from vocabulary.forms import Chain, District, Outlet, Payer, Trade

PAID = "缴费凭证"


class ChainParent(StrictSchema):
    """The enterprise the branch belongs to."""

    uscc = Uscc(**about("总公司统一社会信用代码", source="营业执照"))
    name = Name(max_length=120, **about("总公司名称", source="营业执照"))
    registered_in = Choice(District, **about("总公司注册地", source="营业执照", needed=True))
    taxed_in = Choice(District, **about("总公司纳税地", source="纳税证明", needed=True))


class ChainBranch(SizeFacts):
    """The branch; sized by its own figures (Q21)."""

    uscc = Uscc(**about("分公司统一社会信用代码", source="营业执照", needed=True))
    name = Name(max_length=120, **about("分公司名称", source="营业执照"))
    registered_in = Choice(District, **about("分公司注册地", source="营业执照", needed=True))
    taxed_in = Choice(District, **about("分公司纳税地", source="纳税证明", needed=True))


class ShopMonth(StrictSchema):
    """One month's rent of a shop: due, cut, paid."""

    month = Month(required=True, **about("月份", "如 2020-03"))
    rent_due = Money(
        **about("当月合同租金（元）", "减免之前的应付额，不含物业费等", source=LEASE, needed=True)
    )
    reduction = Money(
        **about(
            "当月获得的减免（元）", "房东减免或按(一)免收的合计", source="减免协议", example="0.00"
        )
    )
    waived_under_m01 = Money(
        **about("其中按(一)第一段免收（元）", source="(一)第一段的决定", example="0.00")
    )
    paid = Money(**about("当月已缴租金（元）", "没有缴纳的填0.00", source=PAID, needed=True))

    @validates_schema
    def _consistent(self, data: dict[str, Any], **_: Any) -> None:
        refuse_more_than_rent(data)
        if data.get("waived_under_m01", 0) > data.get("reduction", data.get("waived_under_m01", 0)):
            raise ValidationError({"waived_under_m01": [said("waiver_above_reduction")]})


class Shop(Premises):
    """One shop and its rent."""

    shop_name = Name(max_length=120, **about("门店名称"))
    starts_on = DateField(**about("租期开始日", source=LEASE, example="2019-01-01"))
    ends_on = LastDay(**about("租期结束日", "含当日", source=LEASE, example="2021-12-31"))
    rent_borne_by = Choice(Payer, **about("房租由谁承担", source=PAID, needed=True))
    months = BoundedList(
        fields.Nested(ShopMonth),
        least=1,
        most=MAX_MONTHS,
        **about("各月租金", "2020年3月、4月", needed=True),
    )

    @validates_schema
    def _consistent(self, data: dict[str, Any], **_: Any) -> None:
        refuse_reversed_term(data)
        refuse_repeated_months(data)


class ChainShopForm(Declarations, Operated, Staffing, Payment):
    """What a chain's branch, or the chain for one branch, is asked.

    The applicant is the branch (then ``parent`` is given) or the chain enterprise (then
    ``branch`` is). Staff, declarations and operation are the branch's.
    """

    trade = Choice(Trade, **about("门店所属行业", "(四)只列4类", source="营业执照", needed=True))
    outlet = Choice(Outlet, **about("门店设立形式", source="门店营业执照", needed=True))
    chain = Choice(Chain, **about("经营方式", source="品牌和直营证明", needed=True))
    brand = Name(max_length=80, **about("品牌"))
    shops_total = Whole(high=1_000_000, **about("该品牌直营门店总数", needed=True))
    parent = fields.Nested(
        ChainParent, **about("总公司", "以分公司名义申请时判断所需；以总公司名义申请的不填")
    )
    branch = fields.Nested(
        ChainBranch, **about("分公司", "以总公司名义申请时判断所需；以分公司名义申请的不填")
    )
    shops = BoundedList(fields.Nested(Shop), least=0, most=MAX_ITEMS, **about("门店", needed=True))
