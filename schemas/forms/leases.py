"""A tenant's lease, as (一) and (三) ask for it."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import ValidationError, fields, validates_schema

from schemas.forms.parts import MAX_MONTHS, LastDay, refuse_repeated_months, refuse_reversed_term
from schemas.kit.base import StrictSchema
from schemas.kit.bounded import BoundedList
from schemas.kit.describe import about
from schemas.kit.fields import Choice, DateField, Money, Month, Text, Uscc, YesNo
from schemas.kit.names import Name
from schemas.kit.refusals import said
from vocabulary.forms import District, LeaseForm, Owner, PartUse, RentBasis, Use

LEASE: Final = "租赁合同"
MAX_PARTS: Final = 20


class RentPart(StrictSchema):
    """One part of a lease with mixed use: its own rent if the lease states it, else its area."""

    use = Choice(PartUse, required=True, **about("该部分用途"))
    rent = Money(
        **about(
            "该部分租金（元）", "合同分列租金的填写，周期同「计租方式」，不含物业费等", source=LEASE
        )
    )
    area = Money(**about("该部分面积（平方米）", "合同未分列租金的填写", example="120.00"))


class RentMonth(StrictSchema):
    """One month asked for, and the rent the lease makes due for it."""

    month = Month(required=True, **about("月份", "如 2020-03"))
    rent_due = Money(
        **about(
            "当月应付租金（元）",
            "合同约定免租的填 0.00；不填按租金标准计算；不含物业费等",
            source=LEASE,
        )
    )
    relief_received = Money(
        **about(
            "当月已获减免或补助（元）",
            "合同约定之外，产权单位或其他方面对该月租金已给予的；没有的不填",
            example="0.00",
        )
    )


class Premises(StrictSchema):
    """Which premises, and whose."""

    lease_no = Text(
        max_length=80, **about("合同编号", "没有编号的填写地址", source=LEASE, needed=True)
    )
    address = Text(max_length=200, **about("房产地址", source=LEASE))
    premises_district = Choice(District, **about("房产所在区", source=LEASE, of_most=True))
    owner = Choice(Owner, **about("产权单位性质", "房产属于谁", source="产权证明", needed=True))
    owner_name = Name(max_length=120, **about("产权单位名称", source=LEASE))
    owner_uscc = Uscc(**about("产权单位统一社会信用代码", source="产权单位营业执照"))


class StateLease(Premises):
    """One lease of a tenant. Nothing is required by format: what is missing is asked for later."""

    lease_form = Choice(LeaseForm, **about("承租方式", source=LEASE, needed=True))
    starts_on = DateField(**about("租期开始日", source=LEASE, needed=True, example="2019-01-01"))
    ends_on = LastDay(
        **about("租期结束日", "含当日", source=LEASE, needed=True, example="2021-12-31")
    )
    use = Choice(Use, **about("实际用途", "以实际使用为准", needed=True))
    stated_use = Choice(
        Use, **about("合同写明的用途", "与实际用途不同时填写", source=LEASE, in_example=False)
    )
    parts = BoundedList(
        fields.Nested(RentPart),
        least=1,
        most=MAX_PARTS,
        **about("各部分", "混合用途时填写每一部分", where=("use", (Use.MIXED,))),
    )
    rent_basis = Choice(RentBasis, **about("计租方式", source=LEASE, needed=True))
    rent = Money(
        **about(
            "租金（元）", "每个计租周期的租金；合同分列各部分租金的不填", source=LEASE, needed=True
        )
    )
    fees_included = YesNo(
        **about("租金是否含物业、供暖等其他费用", "含的须填其他费用", source=LEASE, example=False)
    )
    other_fees = Money(
        **about(
            "其中其他费用（元）",
            "每个计租周期所含的物业、供暖等费用",
            source=LEASE,
            in_example=False,
            where=("fees_included", (True,)),
        )
    )
    head_rent = Money(
        **about(
            "产权单位租金（元）",
            "转租时填写：产权单位就同一房屋向二房东收取的租金，周期同「计租方式」",
            source="产权单位与二房东的合同",
            in_example=False,
            where=("lease_form", (LeaseForm.SUBLEASE,)),
        )
    )
    months = BoundedList(
        fields.Nested(RentMonth),
        least=1,
        most=MAX_MONTHS,
        **about("申请减免的月份", "不填即2020年3月和4月"),
    )
    rent_paid = YesNo(**about("该期租金是否已缴", source="缴费凭证", example=False))

    @validates_schema
    def _consistent(self, data: dict[str, Any], **_: Any) -> None:
        refuse_reversed_term(data)
        refuse_repeated_months(data)
        areas = [part["area"] for part in data.get("parts", ()) if "area" in part]
        if areas and not any(areas):
            raise ValidationError({"parts": [said("no_area")]})
        if "rent" in data and data.get("other_fees", 0) > data["rent"]:
            raise ValidationError({"other_fees": [said("fees_above_rent")]})
