"""What bureaus send: findings, which messages were read, and how to page through lists."""

from __future__ import annotations

from marshmallow import fields, validate

from schemas.kit.base import StrictSchema
from schemas.kit.describe import about
from schemas.kit.fields import DateField, Text, YesNo
from schemas.kit.paging import BEFORE, LIMIT
from vocabulary.base import Vocabulary
from vocabulary.cases import State
from vocabulary.outcomes import Outcome


def one_of(words: type[Vocabulary]) -> validate.OneOf:
    """Only these words, each as its plain string."""
    return validate.OneOf([word.value for word in words])


class FindingSchema(StrictSchema):
    """One official finding (认定意见)."""

    condition = Text(max_length=40, required=True, **about("条件代码", "见核对结果中的 condition"))
    item = Text(max_length=80, **about("所涉项目", "见核对结果中的 item；不填指整份申报"))
    result = YesNo(required=True, **about("认定结果", "true 符合，false 不符合"))
    note = Text(max_length=2000, lines=True, required=True, **about("理由", "会告知申报单位"))
    evidence = Text(max_length=500, lines=True, **about("依据材料"))


class FindingsSchema(StrictSchema):
    """Findings recorded together; the application is assessed again once."""

    findings = fields.List(
        fields.Nested(FindingSchema),
        required=True,
        attribute="found",
        validate=validate.Length(1, 100),
        **about("认定意见"),
    )


class CaseQuerySchema(StrictSchema):
    """Filters of the case list."""

    state = fields.String(validate=one_of(State), **about("状态代码"))
    outcome = fields.String(validate=one_of(Outcome), **about("结果代码"))
    provision = Text(max_length=40, **about("条款代码"))
    leading = fields.Boolean(**about("是否牵头", "true 只看牵头，false 只看抄送"))
    acknowledged = fields.Boolean(**about("是否已签收"))
    callback = fields.Boolean(**about("有无待办回访"))
    overdue = fields.Boolean(**about("有无逾期事项"))
    waiting_for = Text(max_length=40, **about("待认定的条件代码", "例如 1.3"))
    question = Text(max_length=10, **about("疑义编号", "例如 Q22"))
    received_from = DateField(**about("受理日期自", "含当日"))
    received_to = DateField(**about("受理日期至", "含当日"))
    q = Text(max_length=120, **about("搜索", "受理编号、统一社会信用代码，或名称的一部分"))
    before, limit = BEFORE, LIMIT


class TrailQuerySchema(StrictSchema):
    """Paging of a case's trail."""

    before, limit = BEFORE, LIMIT
