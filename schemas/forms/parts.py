"""Pieces that several forms share: staff, declarations, revenues, months, payment."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from marshmallow import ValidationError, fields, validates_schema

from schemas.kit.base import StrictSchema
from schemas.kit.describe import about
from schemas.kit.fields import LATEST, Choice, DateField, Money, Text, Whole, YesNo
from schemas.kit.refusals import said
from vocabulary.forms import Operation
from vocabulary.writing import NO_END, tidy

MAX_ITEMS: Final = 200
"""Most leases, tenants, shops or guarantees in one application."""
MAX_MONTHS: Final = 12


class LastDay(DateField):
    """The last day of a contract. Who writes 长期 is told which day stands for none."""

    def read(self, value: Any) -> date:
        if isinstance(value, str) and NO_END.fullmatch(tidy(value)):
            raise ValidationError(said("no_end_date", last=LATEST))
        return super().read(value)


class Revenue(StrictSchema):
    """February to April revenue of one year, month by month, yuan."""

    feb = Money(**about("2月收入（元）"))
    mar = Money(**about("3月收入（元）"))
    apr = Money(**about("4月收入（元）"))


class Declarations(StrictSchema):
    """What an applicant may say of itself; a 'yes' still waits for the official finding."""

    fits_capital_function = YesNo(**about("是否符合首都城市战略定位", "自行申报，以认定为准"))
    in_clearance_scope = YesNo(
        **about("是否在疏解整治范围内", "自行申报，以认定为准", example=False)
    )
    operates_lawfully = YesNo(**about("是否合法规范经营", "自行申报，以认定为准"))
    difficulty = Text(max_length=2000, lines=True, **about("经营困难情况说明", personal=True))
    revenue_2019 = fields.Nested(Revenue, **about("2019年2-4月收入", source="纳税申报表"))
    revenue_2020 = fields.Nested(
        Revenue,
        **about(
            "2020年2-4月收入",
            source="纳税申报表",
            example={"feb": "9000.00", "mar": "6000.00", "apr": "12000.00"},
        ),
    )


class Staffing(StrictSchema):
    """Staff before and after, and how many were dismissed (not: resigned, or contract expired)."""

    staff_before = Whole(
        high=10_000_000,
        **about("2020年1月31日职工人数", "有裁员时判断所需", source="社会保险缴费记录", example=30),
    )
    staff_after = Whole(
        high=10_000_000, **about("2020年4月30日职工人数", source="社会保险缴费记录", example=30)
    )
    dismissed = Whole(
        high=10_000_000,
        **about("其间裁员人数", "没有裁员填0；不含主动离职和合同到期", needed=True, example=0),
    )

    @validates_schema
    def _not_more_than_there_were(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("dismissed", 0) > data.get("staff_before", data.get("dismissed", 0)):
            raise ValidationError({"dismissed": [said("more_than_staff")]})


class Operated(StrictSchema):
    """How the applicant operated during the epidemic."""

    operation = Choice(Operation, **about("疫情期间营业情况", needed=True))
    order = Text(max_length=200, **about("所依据的政府要求或防疫规定", "文件名称或文号"))


class Payment(StrictSchema):
    """What a payment or refund needs, and the applicant's word for what it filled in."""

    bank_account = Text(
        max_length=120,
        **about("收款账户", "用于补贴付款或租金退还；开户行和账号", personal=True),
    )
    statement_signed = YesNo(**about("已签署如实申报的声明"))


def refuse_repeated_months(data: dict[str, Any]) -> None:
    """Refuse a list of ``months`` that names a month twice. Raises ``ValidationError``."""
    months = [row["month"] for row in data.get("months", ())]
    if len(months) != len(set(months)):
        raise ValidationError({"months": [said("repeated_month")]})


def refuse_reversed_term(data: dict[str, Any]) -> None:
    """Refuse a lease that ends before it starts. Raises ``ValidationError``."""
    if "starts_on" in data and "ends_on" in data and data["ends_on"] < data["starts_on"]:
        raise ValidationError({"ends_on": [said("ends_before_start")]})


def refuse_more_than_rent(data: dict[str, Any]) -> None:
    """Refuse a month whose ``reduction`` passes its ``rent_due``. Raises ``ValidationError``."""
    if "rent_due" in data and data.get("reduction", 0) > data["rent_due"]:
        raise ValidationError({"reduction": [said("reduction_above_rent")]})
