"""Reports of what became of messages after a server had taken them, on the wire."""

from __future__ import annotations

from typing import Annotated, Final, NotRequired, TypedDict

from marshmallow import fields

from schemas.kit.answers import answer
from schemas.kit.base import StrictSchema
from schemas.kit.bounded import BoundedList
from schemas.kit.describe import about
from schemas.kit.fields import Text, YesNo

MOST_REPORTS: Final = 100


class MessageReportSchema(StrictSchema):
    """What became of one message."""

    id = Text(
        max_length=300, required=True, **about("消息编号", "邮件的 Message-ID，或短信的消息编号")
    )
    permanent = YesNo(required=True, **about("是否不会再送达", "暂时送不到的填 false，不作处理"))
    code = Text(max_length=20, **about("状态码", "如 5.1.1"))


class ReportsSchema(StrictSchema):
    """What became of messages."""

    reports = BoundedList(
        fields.Nested(MessageReportSchema),
        least=1,
        most=MOST_REPORTS,
        required=True,
        **about("报告", f"最多{MOST_REPORTS}条"),
    )


class Report(TypedDict):
    """What became of one message: its id as it was sent, whether it will never arrive, and the
    other side's code for why."""

    id: str
    permanent: bool
    code: NotRequired[str]


@answer
class Taken:
    """What was made of the reports."""

    taken: Annotated[int, about("已处理", "改由下一渠道或电话告知")]
    unchanged: Annotated[int, about("无须处理", "重复的，或暂时送不到的")]
    unknown: Annotated[int, about("不认识的编号")]
