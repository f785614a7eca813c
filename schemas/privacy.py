"""What is told of personal data: to everybody, and of one application to its applicant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from schemas.acts import ReasonSchema
from schemas.documents import Document
from schemas.explained import Declared
from schemas.kit.answers import answer
from schemas.kit.describe import about
from schemas.kit.fields import Text
from schemas.requests import OwnRequest


class DeletionSchema(ReasonSchema):
    """The enterprise asks for the deletion of what it said of people."""

    reason = Text(max_length=1000, lines=True, **about("理由", "可以不填"))


@answer
class KindKept:
    """A kind of personal data, and for how long it is kept."""

    code: Annotated[str, about("代码")]
    kind: Annotated[str, about("类别")]
    what: Annotated[str, about("包括")]
    purpose: Annotated[str, about("用途")]
    ground: Annotated[str, about("法律依据")]
    days: Annotated[int, about("保存天数", "本地做法")]
    since: Annotated[str, about("起算")]


@answer
class PrivacyNotice:
    """What personal data is held, what for, and for how long."""

    title: Annotated[str, about("标题")]
    kinds: Annotated[list[KindKept], about("所保存的个人信息")]
    rights: Annotated[list[str], about("申报单位和个人的权利")]


@answer
class WrittenText:
    """A text about an application."""

    at: Annotated[datetime, about("时间")]
    what: Annotated[str, about("事项")]
    text: Annotated[str, about("内容")]


@answer
class SentMessage:
    """A message to the applicant."""

    at: Annotated[datetime, about("时间")]
    channel: Annotated[str, about("方式")]
    address: Annotated[str | None, about("收件地址")]


@answer
class OwnData:
    """Everything that an application says of people, and what was sent to them."""

    receipt: Annotated[str, about("受理编号")]
    received_at: Annotated[datetime, about("受理时间")]
    state_text: Annotated[str, about("状态")]
    purged_at: Annotated[datetime | None, about("清除时间", "个人信息已清除的")]
    enterprise: Annotated[Mapping[str, object], about("所填的企业信息")]
    facts: Annotated[Mapping[str, object], about("所填的事项")]
    declared: Annotated[list[Declared], about("所填内容", "同一内容，逐项用文字写出")]
    texts: Annotated[list[WrittenText], about("往来文字")]
    requests: Annotated[list[OwnRequest], about("诉求和删除请求")]
    documents: Annotated[list[Document], about("提交的材料", "内容可逐份下载")]
    messages: Annotated[list[SentMessage], about("发给申报单位的消息")]
