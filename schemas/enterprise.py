"""The enterprise block, the same in every application."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import ValidationError, fields, validates_schema

from schemas.kit.base import StrictSchema
from schemas.kit.describe import about, personal_names
from schemas.kit.fast_reader import Reader
from schemas.kit.fields import Choice, EmailAddress, Money, Phone, Uscc, Whole
from schemas.kit.names import Name
from schemas.kit.refusals import said
from vocabulary.forms import District, EnterpriseKind, Industry

LICENCE = "营业执照"
ACCOUNTS = "2019年度财务报表"
PAYROLL = "社会保险缴费记录"


class SizeFacts(StrictSchema):
    """What 工信部联企业〔2011〕300号 sizes an enterprise by, for the last full year (2019)."""

    industry = Choice(
        Industry,
        **about(
            "所属行业",
            "按300号文的16个行业选择；居民服务、教育等选其他未列明行业",
            source=LICENCE,
            example="software",
            of_most=True,
        ),
    )
    employees = Whole(
        high=10_000_000,
        **about("从业人员（人）", "2019年平均人数", source=PAYROLL, example=30, of_most=True),
    )
    revenue = Money(
        **about(
            "营业收入（元）",
            "2019年全年，以元为单位",
            source=ACCOUNTS,
            example="3000000.00",
            of_most=True,
        )
    )
    assets = Money(
        **about("资产总额（元）", "2019年末，以元为单位", source=ACCOUNTS, example="1000000.00")
    )


class ContactPerson(StrictSchema):
    """Whom to reach at the enterprise about this application."""

    name = Name(max_length=60, required=True, **about("联系人姓名"))
    phone = Phone(required=True, **about("联系电话", "手机或带分机的固定电话"))
    email = EmailAddress(**about("电子邮箱", "填写后，提醒同时发到此邮箱"))


class EnterpriseProfile(SizeFacts):
    """An enterprise as far as it is known: a screening asks no name."""

    uscc = Uscc(**about("统一社会信用代码", "18位；自然人不填", source=LICENCE, of_most=True))
    name = Name(max_length=120, **about("名称", source=LICENCE))
    kind = Choice(EnterpriseKind, **about("主体类型", source=LICENCE))
    registered_in = Choice(District, **about("注册地", source=LICENCE, of_most=True))
    taxed_in = Choice(District, **about("纳税地", source="纳税证明", of_most=True))
    located_in = Choice(District, **about("实际所在地", "实际经营或办公所在的区"))
    contact = fields.Nested(ContactPerson, **about("联系人", personal=True))


class Enterprise(EnterpriseProfile):
    """Who applies. Only name and kind are asked of everyone; a natural person has no code."""

    name = Name(required=True, max_length=120, **about("名称", source=LICENCE))
    kind = Choice(EnterpriseKind, required=True, **about("主体类型", source=LICENCE))

    @validates_schema
    def _has_code(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("kind") != EnterpriseKind.NATURAL_PERSON and not data.get("uscc"):
            raise ValidationError({"uscc": [said("required")]})


ENTERPRISE: Final = Enterprise()
HAS_CODE: Final = {
    "if": {
        "properties": {"kind": {"const": EnterpriseKind.NATURAL_PERSON.value}},
        "required": ["kind"],
    },
    "else": {"required": ["uscc"]},
}
"""What `Enterprise` checks across its fields, as JSON Schema."""
PERSONAL: Final = personal_names(ENTERPRISE)
"""What is stored encrypted of an enterprise."""
PROFILE: Final = EnterpriseProfile()
READ_ENTERPRISE: Final = Reader(ENTERPRISE)
READ_PROFILE: Final = Reader(PROFILE)
"""Built once: building a schema or a reader costs far more than using it."""
