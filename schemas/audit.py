"""The whole trail on the wire, for auditors."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from marshmallow import fields, validate

from schemas.kit.answers import answer
from schemas.kit.describe import about
from schemas.kit.fields import DateField, Text
from schemas.kit.filters import FilterSchema
from schemas.kit.paging import BEFORE, LIMIT, NEXT
from vocabulary.events import EventType


class AuditQuerySchema(FilterSchema):
    """Whose, about which case, on which days."""

    person = Text(max_length=120, **about("由谁", "与记录中的 actor 相同，例如 sasac:张三"))
    case = Text(max_length=40, **about("受理编号", "含查阅过该件的列表、走访、诉求、导出"))
    type = fields.String(
        validate=validate.OneOf([kind.value for kind in EventType]),
        **about("类别", "例如 access.failed"),
    )
    day_from = DateField(**about("日期自", "含当日"))
    day_to = DateField(**about("日期至", "含当日"))
    before, limit = BEFORE, LIMIT


@answer
class AuditEvent:
    """One event: what was done, or who was shown what."""

    id: Annotated[int, about("编号")]
    at: Annotated[datetime, about("业务时间")]
    recorded_at: Annotated[datetime | None, about("记录时间", "数据库的真实时间")]
    type: Annotated[str, about("类别", words=EventType)]
    text: Annotated[str | None, about("说明", "查阅和失败的尝试")]
    actor: Annotated[str, about("由谁")]
    cases: Annotated[int, about("涉及件数")]
    receipts: Annotated[list[str], about("受理编号", "最多列出 200 件")]
    data: Annotated[Mapping[str, object], about("内容")]


@answer
class AuditPage:
    """One page of the trail."""

    items: Annotated[list[AuditEvent], about("审计记录", "新的在前")]
    next: Annotated[int | None, NEXT]
