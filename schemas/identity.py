"""Who files, on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

from schemas.kit.answers import answer
from schemas.kit.base import StrictSchema
from schemas.kit.describe import about
from schemas.kit.fields import Choice
from vocabulary.deliveries import Channel
from vocabulary.identity import IdentityLevel, IdentityMeans


class FiledBy(StrictSchema):
    """What a sending system with an intake token says of who files."""

    level = Choice(
        IdentityLevel,
        required=True,
        **about("身份核实程度", "不得高于令牌可担保的程度；没有核实过的填 unverified"),
    )


FILED_BY: Final = FiledBy()


@answer
class CodeAsked:
    """The answer to asking for a code; the same whether one was sent or there were enough today."""

    channel: Annotated[Channel, about("渠道")]
    sent_to: Annotated[str, about("发往", "部分隐去；同一地址每天最多三次，超过即不再发送")]
    minutes: Annotated[int, about("几分钟内有效")]


@answer
class Identity:
    """How far it is known who files, and what to do about it."""

    level: Annotated[IdentityLevel, about("身份核实程度代码")]
    level_text: Annotated[str, about("身份核实程度", "含经办人核对")]
    how: Annotated[IdentityMeans | None, about("核实方式代码")]
    how_text: Annotated[str | None, about("核实方式")]
    at: Annotated[datetime | None, about("核实时间")]
    checked_at: Annotated[datetime | None, about("经办人核对身份的时间")]
    confirmed: Annotated[list[Channel], about("已确认的联系方式", "sms 电话，email 邮箱")]
    text: Annotated[str, about("说明", "现在的情况，以及可以怎么做")]
