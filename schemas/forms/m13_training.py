"""(十三): training subsidy and post subsidy."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from schemas.kit.base import StrictSchema
from schemas.kit.bounded import BoundedList
from schemas.kit.describe import about
from schemas.kit.fields import Choice, DateField, Money, Text, Whole, YesNo
from schemas.kit.refusals import said
from vocabulary.forms import Sector

MAX_TRAINEES = 1000
"""Most trainees in one application; more are filed in several."""
TAX_RETURN = "纳税申报表"
_MONTHS = ("feb", "mar", "apr")


class PeriodRevenue(StrictSchema):
    """February to April revenue of one year, yuan, by month or as a sum; may be negative."""

    feb = Money(signed=True, **about("2月收入（元）", source=TAX_RETURN))
    mar = Money(signed=True, **about("3月收入（元）", source=TAX_RETURN))
    apr = Money(signed=True, **about("4月收入（元）", source=TAX_RETURN))
    total = Money(
        signed=True,
        **about("2-4月收入合计（元）", "逐月填写的可不填", source=TAX_RETURN, example="90000.00"),
    )

    @validates_schema
    def _adds_up(self, data: dict[str, Any], **_: Any) -> None:
        months = [data[name] for name in _MONTHS if name in data]
        if "total" not in data or not months:
            return
        split = sum(months, start=Decimal(0))
        if len(months) == len(_MONTHS) and split != data["total"]:
            raise ValidationError({"total": [said("total_differs")]})
        if split > data["total"]:
            raise ValidationError({"total": [said("part_above_total")]})


class Trainee(StrictSchema):
    """One employee in training."""

    trainee_no = Text(
        max_length=60,
        **about(
            "参训职工编号",
            "市级平台编号或本单位工号，同一人只填一次",
            source="参训职工名单",
            needed=True,
            personal=True,
        ),
    )
    class_hours = Whole(
        high=10_000,
        **about(
            "已完成课时",
            "每课时45分钟，按整课时填写",
            source="市级培训平台记录",
            needed=True,
            example=20,
        ),
    )
    on_city_list = YesNo(**about("是否在市级平台的参训职工名单上", source="市级培训平台记录"))


class TrainingForm(StrictSchema):
    """What a firm is asked that trained its staff."""

    sector = Choice(
        Sector, **about("所属重点行业", "以区里认定的名单为准", source="营业执照", needed=True)
    )
    opened_on = DateField(
        **about(
            "开业日期", "2019年2月1日之后开业的必须填写", source="营业执照", example="2018-05-01"
        )
    )
    revenue_2019 = fields.Nested(PeriodRevenue, **about("2019年2-4月生产经营收入", needed=True))
    revenue_2020 = fields.Nested(
        PeriodRevenue,
        **about(
            "2020年2-4月生产经营收入",
            needed=True,
            example={"feb": "5000.00", "mar": "5000.00", "apr": "5000.00", "total": "15000.00"},
        ),
    )
    unemployment_insured = YesNo(
        **about("是否参加失业保险", "市级规定的条件", source="社会保险缴费记录", needed=True)
    )
    insured_staff = Whole(
        high=10_000_000, **about("参加失业保险的职工人数", source="社会保险缴费记录", example=30)
    )
    training_organised = YesNo(
        **about("是否组织了员工培训", "没有组织的填否，不填参训职工", source="培训计划")
    )
    training_from = DateField(
        **about(
            "培训开始日",
            source="培训计划",
            example="2020-05-11",
            where=("training_organised", (True,)),
        )
    )
    training_to = DateField(
        **about(
            "培训结束日",
            source="培训计划",
            example="2020-06-30",
            where=("training_organised", (True,)),
        )
    )
    trainees = BoundedList(
        fields.Nested(Trainee),
        least=0,
        most=MAX_TRAINEES,
        **about(
            "参训职工",
            "每人一项",
            source="参训职工名单",
            needed=True,
            where=("training_organised", (True,)),
        ),
    )

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        if (
            "training_from" in data
            and "training_to" in data
            and data["training_to"] < data["training_from"]
        ):
            raise ValidationError({"training_to": [said("ends_before_start")]})
        if data.get("training_organised") is False and data.get("trainees"):
            raise ValidationError({"training_organised": [said("trained_nobody")]})
