"""Forms of the measures that help rather than pay: (五), (七) to (十二).

Nothing is required by format: a referral costs nothing, and the contact asks for what is missing.
"""

from __future__ import annotations

from schemas.kit.base import StrictSchema
from schemas.kit.bounded import BoundedList
from schemas.kit.describe import about
from schemas.kit.fields import Choice, DateField, Money, Text, Whole, YesNo
from schemas.kit.names import Name
from vocabulary.forms import (
    Business,
    Certificate,
    Client,
    Investor,
    Obstacle,
    Purchase,
    School,
    Technology,
    Voucher,
)

LICENCE = "营业执照"


class Request(StrictSchema):
    """What every request for help may say in words."""

    request = Text(max_length=2000, lines=True, **about("需要帮助的事项", personal=True))


class FinanceForm(Request):
    """(五): an introduction to banks."""

    school = Choice(
        School, **about("办学类型", "民办幼儿园、民办教育培训机构填写", source="办学许可证")
    )
    amount = Money(**about("融资需求金额（元）"))
    term_months = Whole(low=1, high=600, **about("融资期限（月）", example=12))
    purpose = Text(max_length=500, **about("用途"))
    consents_to_share = YesNo(**about("是否同意将资料提供给银行"))


class ProcurementForm(Request):
    """(七): purchases and publicity."""

    purchases = BoundedList(
        Choice(Purchase),
        least=1,
        most=10,
        **about("希望参与的事项", "可多选：政府采购、区属国有企业采购、宣传推介"),
    )
    products = Text(max_length=2000, lines=True, **about("技术、产品介绍"))


class VoucherForm(Request):
    """(八): science platform and innovation vouchers."""

    project = Text(max_length=2000, lines=True, **about("研发项目或所需科技条件"))


class CultureForm(Request):
    """(九): a shop that wants to take part."""

    voucher = Choice(Voucher, **about("希望参与的消费券"))
    bookshop = YesNo(**about("是否实体书店", source=LICENCE))


class HighTechForm(Request):
    """(十) first part: coaching towards certificates."""

    in_park = YesNo(**about("是否西城园企业", "在西城园（中关村西城园）政策区内"))
    certificate = Choice(Certificate, **about("已有的高新技术企业证书", source="高新技术企业证书"))
    certified_on = DateField(**about("发证日期", source="高新技术企业证书"))


class InvestmentRiskForm(Request):
    """(十) second part: risk support for investors."""

    institution = Choice(Investor, **about("机构性质", source="业务许可证或备案证明", needed=True))
    in_park = YesNo(**about("是否西城园企业"))
    loss = Money(**about("投融资损失（元）", "按实际损失填写，不是核定金额", source="财务报表"))
    credit_service = Text(max_length=2000, lines=True, **about("特色科技信贷服务情况"))


class ResearchForm(Request):
    """(十) third part: research funding."""

    in_park = YesNo(**about("是否西城园企业", "在西城园（中关村西城园）政策区内", needed=True))
    certificate = Choice(
        Certificate, **about("高新技术企业证书", source="高新技术企业证书", needed=True)
    )
    certified_on = DateField(**about("发证日期", source="高新技术企业证书"))
    research_2019 = Money(**about("2019年研发投入（元）", source="研发费用专项审计报告"))
    research_2020 = Money(
        **about("2020年研发投入（元）", source="研发费用明细账", example="50000.00")
    )


class FintechForm(Request):
    """(十一): fintech."""

    clients = BoundedList(Choice(Client), least=1, most=10, **about("服务对象", "可多选"))
    technologies = BoundedList(
        Choice(Technology), least=1, most=10, **about("应用的技术", "可多选")
    )
    project = Text(max_length=4000, lines=True, **about("示范应用项目情况"))


class ReopeningForm(Request):
    """(十二): a restriction on reopening."""

    restriction = Text(
        max_length=4000,
        lines=True,
        **about("受到的限制", "谁提出、什么要求、有无文件或照片", needed=True),
    )
    restricted_by = Name(max_length=120, **about("提出限制的单位"))
    since = DateField(**about("开始日期", example="2020-04-20"))
    obstacle = Choice(Obstacle, **about("限制的类型"))
    business = Choice(Business, **about("所属领域", "用于确定受理单位"))
    in_park = YesNo(**about("是否在西城园内"))
    premises = Text(max_length=200, **about("场所地址"))
