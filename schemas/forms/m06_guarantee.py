"""(六): the subsidy of guarantee institutions, and the halving of fees."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from rules.guarantee import months_between
from schemas.enterprise import SizeFacts
from schemas.kit.base import StrictSchema
from schemas.kit.bounded import BoundedList
from schemas.kit.describe import about
from schemas.kit.fields import Choice, DateField, Money, Percent, Text, Uscc, Whole, YesNo
from schemas.kit.names import Name
from schemas.kit.refusals import said
from vocabulary.forms import District, EnterpriseKind, Guarantor, Size

CONTRACT = "担保合同"
MAX_GUARANTEES = 500
"""Most guarantees in one application; more are filed in several."""


class Fee(StrictSchema):
    """One fee charged for a guarantee."""

    name = Name(max_length=60, required=True, **about("费用名称", "如担保费、评审费"))
    amount = Money(required=True, **about("金额（元）", source="收费凭证", example="15000.00"))


class Guarantee(SizeFacts):
    """One guarantee: the borrower, the loan, the fees now and before."""

    contract_no = Text(max_length=80, **about("担保合同编号", source=CONTRACT, needed=True))
    borrower_name = Name(max_length=120, **about("借款人名称", source=CONTRACT))
    borrower_uscc = Uscc(**about("借款人统一社会信用代码", source="借款人营业执照"))
    borrower_kind = Choice(
        EnterpriseKind, **about("借款人主体类型", "不填即企业", source="借款人营业执照")
    )
    size_statement = Choice(
        Size,
        **about("借款人企业规模", "没有行业、人数、收入数据时填写，以核对为准", example="small"),
    )
    borrower_district = Choice(District, **about("借款人所在地", source="借款人营业执照"))
    bank = Name(max_length=120, **about("贷款银行", source="借款合同"))
    amount = Money(**about("担保金额（元）", source=CONTRACT, needed=True, example="1000000.00"))
    disbursed = YesNo(**about("是否已放款"))
    disbursed_on = DateField(
        **about(
            "放款日期",
            source="放款凭证",
            needed=True,
            example="2020-04-01",
            where=("disbursed", (True,)),
        )
    )
    term_months = Whole(
        low=1, high=600, **about("担保期限（月）", "或填写起止日期", source=CONTRACT, example=12)
    )
    starts_on = DateField(**about("担保开始日", source=CONTRACT, example="2020-04-01"))
    ends_on = DateField(**about("担保结束日", source=CONTRACT, example="2021-03-31"))
    fees = BoundedList(
        fields.Nested(Fee),
        least=1,
        most=30,
        **about(
            "实际收取的全部费用",
            "首个收费年度（期限不足一年的为整个期限）收取的每一项费用；填写后按金额计算，不用费率",
            source="收费凭证",
        ),
    )
    rate_percent = Percent(
        **about(
            "综合费率（%/年）",
            "未逐项填写费用时填写；1.99%写成1.99",
            source=CONTRACT,
            example="1.5",
        )
    )
    old_fees = Money(
        **about(
            "降费前费用（元）",
            "按降费前标准，同一期间应收的全部费用",
            source="降费前收费标准",
            example="25000.00",
        )
    )
    old_rate_percent = Percent(
        **about(
            "降费前综合费率（%/年）",
            "2.23%写成2.23；不清楚的不填",
            source="降费前收费标准",
            example="2.5",
        )
    )

    fee_halved = YesNo(
        **about(
            "2020年是否已对该借款人减半收取担保费",
            "政府性融资担保机构对小微企业的担保、再担保填写；是否减半以核对为准",
            source="收费凭证",
        )
    )

    @validates_schema
    def _consistent(self, data: dict[str, Any], **_: Any) -> None:
        if "starts_on" in data and "ends_on" in data:
            if data["ends_on"] < data["starts_on"]:
                raise ValidationError({"ends_on": [said("ends_before_start")]})
            stated = data.get("term_months")
            if stated and abs(stated - months_between(data["starts_on"], data["ends_on"])) >= 1:
                raise ValidationError({"term_months": [said("term_differs")]})
        if data.get("disbursed") is False and "disbursed_on" in data:
            raise ValidationError({"disbursed_on": [said("not_disbursed_on_a_day")]})
        charged = sum((fee["amount"] for fee in data.get("fees", ())), start=Decimal(0))
        for name, fees in (("fees", charged), ("old_fees", data.get("old_fees", Decimal(0)))):
            if fees and fees >= data.get("amount", fees + 1):
                raise ValidationError({name: [said("fees_above_amount")]})


class GuaranteeForm(StrictSchema):
    """What a guarantee institution is asked."""

    guarantor = Choice(
        Guarantor, **about("担保机构性质", source="融资担保业务经营许可证", needed=True)
    )
    licence_no = Text(
        max_length=80, **about("融资担保业务经营许可证号", source="融资担保业务经营许可证")
    )
    head_office_uscc = Uscc(
        **about(
            "总公司统一社会信用代码",
            "分支机构必须填写，与总公司合并计算500万元上限",
            source="总公司营业执照",
            in_example=False,
        )
    )
    guarantees = BoundedList(
        fields.Nested(Guarantee),
        least=0,
        most=MAX_GUARANTEES,
        **about("担保业务", "每份担保合同一项", needed=True),
    )


class FeeHalvingForm(StrictSchema):
    """What a borrower is asked who wants halved fees."""

    guarantor = Choice(Guarantor, **about("担保机构性质", "尚未选定担保机构的不填"))
    institution = Name(max_length=120, **about("担保机构名称"))
    amount = Money(**about("拟担保金额（元）", example="1000000.00"))
    request = Text(max_length=2000, lines=True, **about("需要帮助的事项", personal=True))
