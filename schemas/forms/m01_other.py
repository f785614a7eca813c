"""(一) first paragraph, second sentence: tenants of other owners."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validates_schema

from schemas.forms.leases import LEASE, Premises
from schemas.forms.parts import MAX_ITEMS, MAX_MONTHS, refuse_more_than_rent, refuse_repeated_months
from schemas.kit.base import StrictSchema
from schemas.kit.bounded import BoundedList
from schemas.kit.describe import about
from schemas.kit.fields import Choice, Money, Month, Text, YesNo
from vocabulary.forms import Business, Owner


class AgreedMonth(StrictSchema):
    """Rent of one month, and what the owner agreed to cut of it."""

    month = Month(required=True, **about("月份", "如 2020-03"))
    rent_due = Money(**about("当月应付租金（元）", source=LEASE))
    reduction = Money(**about("业主同意减免（元）", source="减免协议"))

    @validates_schema
    def _consistent(self, data: dict[str, Any], **_: Any) -> None:
        refuse_more_than_rent(data)


class OtherLease(Premises):
    """One lease of premises that are not district state-owned."""

    owner = Choice(
        Owner,
        **about("产权单位性质", "房产属于谁", source="产权证明", needed=True, example="private"),
    )
    months = BoundedList(
        fields.Nested(AgreedMonth),
        least=1,
        most=MAX_MONTHS,
        **about("各月租金和业主同意的减免"),
    )

    @validates_schema
    def _consistent(self, data: dict[str, Any], **_: Any) -> None:
        refuse_repeated_months(data)


class OtherTenantForm(StrictSchema):
    """What a tenant of other premises is asked, so that someone can mediate."""

    leases = BoundedList(
        fields.Nested(OtherLease),
        least=0,
        most=MAX_ITEMS,
        **about("承租的房产", "每份租赁合同一项", needed=True),
    )
    in_park = YesNo(**about("房产是否在西城园政策区内"))
    business = Choice(Business, **about("经营领域", "用于转送相应部门"))
    wants_mediation = YesNo(**about("是否希望协助与业主（房东）协商"))
    request = Text(max_length=2000, lines=True, **about("情况说明和诉求", personal=True))
