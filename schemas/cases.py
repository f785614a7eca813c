"""A bureau's cases on the wire."""

from __future__ import annotations

from marshmallow import fields

from schemas.kit.base import StrictSchema
from schemas.kit.describe import about
from schemas.kit.fields import DateField, Text
from schemas.kit.paging import BEFORE, LIMIT, one_of
from vocabulary.cases import State
from vocabulary.outcomes import Outcome


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
