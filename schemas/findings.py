"""Official findings (认定意见) on the wire."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from marshmallow import fields, post_load

from schemas.kit.answers import answer
from schemas.kit.base import StrictSchema
from schemas.kit.bounded import BoundedList
from schemas.kit.describe import about
from schemas.kit.fields import Text, YesNo


@dataclass(frozen=True, slots=True)
class Finding:
    """What an official finds of a condition. `item`: such as ``leases/0``; None is the whole."""

    condition: str
    result: bool
    note: str
    item: str | None = None
    evidence: str | None = None

    @property
    def place(self) -> tuple[str, str | None]:
        """What it is about; of several on one place the latest counts."""
        return self.condition, self.item


class FindingSchema(StrictSchema):
    """One official finding (认定意见)."""

    condition = Text(max_length=40, required=True, **about("条件代码", "见核对结果中的 condition"))
    item = Text(max_length=80, **about("所涉项目", "见核对结果中的 item；不填指整份申报"))
    result = YesNo(required=True, **about("认定结果", "true 符合，false 不符合"))
    note = Text(max_length=2000, lines=True, required=True, **about("理由", "会告知申报单位"))
    evidence = Text(max_length=500, lines=True, **about("依据材料"))

    @post_load
    def _made(self, read: dict[str, Any], **_: Any) -> Finding:
        return Finding(**read)


class FindingsSchema(StrictSchema):
    """Findings recorded together; the application is assessed again once."""

    findings = BoundedList(
        fields.Nested(FindingSchema),
        least=1,
        most=100,
        required=True,
        attribute="found",
        **about("认定意见"),
    )


@answer
class Recorded:
    """Findings were recorded; the re-assessment follows."""

    receipt: Annotated[str, about("受理编号")]
    recorded: Annotated[int, about("记录条数")]
    case_url: Annotated[str, fields.Url, about("案件地址")]


@answer
class RecordedFinding:
    """One official finding on record."""

    condition: Annotated[str, about("条件代码")]
    item: Annotated[str | None, about("所涉项目")]
    result: Annotated[bool, about("认定结果")]
    note: Annotated[str, about("理由")]
    evidence: Annotated[str | None, about("依据材料")]
    bureau: Annotated[str, about("单位代码")]
    by_system: Annotated[
        bool, about("是否业务系统提交", "true 只是核查情况，由经办人认定或另记认定意见后才算数")
    ]
    actor: Annotated[str, about("经办")]
    recorded_at: Annotated[datetime, about("记录时间")]
