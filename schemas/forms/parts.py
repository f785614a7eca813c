"""Pieces that several forms share: leases, staff, declarations, revenues."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from rules.vocabulary import District, LeaseForm, Operation, Owner, RentBasis, Use
from schemas.base import StrictSchema
from schemas.describe import about
from schemas.fields import Choice, DateField, Money, Month, Text, Whole, YesNo
from schemas.messages import said

LEASE = "租赁合同"
MAX_ITEMS = 200
"""Most leases, tenants, shops or guarantees in one application."""


class RentPart(StrictSchema):
    """One part of a lease with mixed use: its own rent where the lease states one, else its area."""

    use = Choice(Use, required=True, **about("该部分用途"))
    rent = Money(**about("该部分租金（元）", "合同分列租金的填写，周期同“计租方式”", source=LEASE))
    area = Money(**about("该部分面积（平方米）", "合同未分列租金的填写"))


class RentMonth(StrictSchema):
    """One month asked for, and the rent the lease makes due for it."""

    month = Month(required=True, **about("月份", "如 2020-03"))
    rent_due = Money(
        **about("当月应付租金（元）", "合同约定免租的填 0.00；不填按租金标准计算", source=LEASE)
    )


class Lease(StrictSchema):
    """One lease of a tenant. Nothing is required by format: what lacks is asked for later."""

    lease_no = Text(max_length=80, **about("合同编号", source=LEASE))
    address = Text(max_length=200, **about("房产地址", source=LEASE))
    premises_district = Choice(District, **about("房产所在区", source=LEASE))
    owner = Choice(Owner, **about("产权单位性质", "房产属于谁", source="产权证明"))
    owner_name = Text(max_length=120, **about("产权单位名称", source=LEASE))
    lease_form = Choice(LeaseForm, **about("承租方式", source=LEASE))
    starts_on = DateField(**about("租期开始日", source=LEASE))
    ends_on = DateField(**about("租期结束日", "含当日", source=LEASE))
    use = Choice(Use, **about("实际用途"))
    stated_use = Choice(Use, **about("合同写明的用途", source=LEASE))
    parts = fields.List(
        fields.Nested(RentPart),
        validate=validate.Length(1, 20),
        **about("各部分", "混合用途时填写"),
    )
    rent_basis = Choice(RentBasis, **about("计租方式", source=LEASE))
    rent = Money(**about("租金（元）", "每个计租周期的租金，不含物业费等", source=LEASE))
    head_rent = Money(
        **about(
            "产权单位租金（元）",
            "转租时填写：产权单位向二房东收取的同期租金",
            source="产权单位与二房东的合同",
        )
    )
    months = fields.List(
        fields.Nested(RentMonth),
        validate=validate.Length(1, 12),
        **about("申请减免的月份", "不填即2020年3月和4月"),
    )
    rent_paid = YesNo(**about("该期租金是否已缴", source="缴费凭证"))

    @validates_schema
    def _consistent(self, data: dict[str, Any], **_: Any) -> None:
        if "starts_on" in data and "ends_on" in data and data["ends_on"] < data["starts_on"]:
            raise ValidationError({"ends_on": [said("ends_before_start")]})
        refuse_repeated_months(data)
        areas = [part["area"] for part in data.get("parts", ()) if "area" in part]
        if areas and not any(areas):
            raise ValidationError({"parts": [said("no_area")]})


class Revenue(StrictSchema):
    """February to April revenue of one year, month by month, yuan."""

    feb = Money(**about("2月收入（元）"))
    mar = Money(**about("3月收入（元）"))
    apr = Money(**about("4月收入（元）"))


class Declarations(StrictSchema):
    """What an applicant may say of itself; a 'yes' still waits for the official finding."""

    fits_capital_function = YesNo(**about("是否符合首都城市战略定位", "自行申报，以认定为准"))
    in_clearance_scope = YesNo(**about("是否在疏解整治范围内", "自行申报，以认定为准"))
    operates_lawfully = YesNo(**about("是否合法规范经营", "自行申报，以认定为准"))
    difficulty = Text(max_length=2000, lines=True, **about("经营困难情况说明"))
    revenue_2019 = fields.Nested(Revenue, **about("2019年2—4月收入", source="纳税申报表"))
    revenue_2020 = fields.Nested(Revenue, **about("2020年2—4月收入", source="纳税申报表"))


class Staffing(StrictSchema):
    """Staff before and after, and how many were dismissed (not: resigned, or contract expired)."""

    staff_before = Whole(
        high=10_000_000, **about("2020年1月31日职工人数", source="社会保险缴费记录")
    )
    staff_after = Whole(
        high=10_000_000, **about("2020年4月30日职工人数", source="社会保险缴费记录")
    )
    dismissed = Whole(high=10_000_000, **about("其间裁员人数", "不含主动离职和合同到期"))

    @validates_schema
    def _not_more_than_there_were(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("dismissed", 0) > data.get("staff_before", data.get("dismissed", 0)):
            raise ValidationError({"dismissed": [said("more_than_staff")]})


class Operated(StrictSchema):
    """How the applicant operated during the epidemic."""

    operation = Choice(Operation, **about("疫情期间营业情况"))


def refuse_repeated_months(data: dict[str, Any]) -> None:
    """Refuse a list of ``months`` that names a month twice. Raises ``ValidationError``."""
    months = [row["month"] for row in data.get("months", ())]
    if len(months) != len(set(months)):
        raise ValidationError({"months": [said("repeated_month")]})
