"""(三): private kindergartens and training institutions."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from schemas.forms.leases import StateLease
from schemas.forms.parts import MAX_ITEMS, Payment, Staffing
from schemas.kit.bounded import BoundedList
from schemas.kit.describe import about
from schemas.kit.fields import Choice, DateField, Text
from schemas.kit.refusals import said
from vocabulary.forms import Approval, District, Opening, School, Use

PERMIT = "办学许可证"


class SchoolLease(StateLease):
    """One lease of a school."""

    use = Choice(Use, **about("实际用途", "以实际使用为准", needed=True, example="teaching"))


class SchoolForm(Staffing, Payment):
    """What a school is asked."""

    school = Choice(School, **about("办学类型", source=PERMIT, needed=True))
    approval = Choice(Approval, **about("审批机关", source=PERMIT, needed=True))
    approval_district = Choice(
        District,
        **about(
            "审批的教委属于哪个区",
            "审批机关为区教委时判断所需；市教委审批的不填",
            source=PERMIT,
            in_example=False,
        ),
    )
    approval_no = Text(
        max_length=80, **about("批准文号（办学许可证号）", source=PERMIT, needed=True)
    )
    opening = Choice(Opening, **about("开学情况", needed=True))
    planned_opening_on = DateField(**about("原定开学日期", example="2020-02-17"))
    opened_on = DateField(**about("实际开学日期", example="2020-09-01"))
    leases = BoundedList(
        fields.Nested(SchoolLease),
        least=0,
        most=MAX_ITEMS,
        **about("承租的房产", "每份租赁合同一项；办学和办公分开计算", needed=True),
    )

    @validates_schema
    def _of_one_authority(self, data: dict[str, Any], **_: Any) -> None:
        by_district = data.get("approval", Approval.DISTRICT_EDUCATION)
        if "approval_district" in data and by_district != Approval.DISTRICT_EDUCATION:
            raise ValidationError({"approval_district": [said("city_has_no_district")]})
