"""What enterprises ask (诉求) on the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from marshmallow import fields

from schemas.applicant import Applicant
from schemas.given_contact import GivenContact
from schemas.kit.answers import answer
from schemas.kit.base import StrictSchema
from schemas.kit.describe import about
from schemas.kit.fields import Choice, DateField, Text
from schemas.kit.paging import BEFORE, LIMIT, NEXT, one_of
from vocabulary.forms import Field
from vocabulary.requests import RequestSource, RequestState, RequestSubject


class AskSchema(StrictSchema):
    """What an enterprise asks (诉求)."""

    field = Choice(Field, **about("所属方面", "属于(十四)所列四个方面的填写，按该方面分办"))
    words = Text(max_length=2000, lines=True, required=True, **about("诉求内容"))


class RequestTransferSchema(StrictSchema):
    """A request handed to the bureau that can answer it (转办)."""

    bureau = Text(max_length=40, required=True, **about("转办单位代码"))
    reason = Text(max_length=1000, lines=True, required=True, **about("理由"))


class RequestAnswerSchema(StrictSchema):
    """The answer to a request (答复)."""

    answer = Text(
        max_length=4000, lines=True, required=True, attribute="words", **about("答复内容")
    )
    erase_on = DateField(
        **about("删除日期", "同意删除个人信息的，填写自哪一天起删除；不同意的不填，说明理由")
    )


class RequestQuerySchema(StrictSchema):
    """Filters of the list of requests."""

    state = fields.String(validate=one_of(RequestState), **about("状态代码"))
    mine = fields.Boolean(**about("是否由本单位答复"))
    overdue = fields.Boolean(**about("是否逾期未答复"))
    before, limit = BEFORE, LIMIT


@answer
class OwnRequest:
    """A request as the enterprise sees it."""

    id: Annotated[int, about("编号")]
    subject: Annotated[RequestSubject, about("事由代码")]
    subject_text: Annotated[str, about("事由")]
    field: Annotated[Field | None, about("所属方面")]
    words: Annotated[str, about("诉求内容")]
    bureau: Annotated[str, about("单位代码")]
    bureau_name: Annotated[str, about("答复单位")]
    opened_at: Annotated[datetime, about("登记时间")]
    due_on: Annotated[date, about("答复期限")]
    provisional: Annotated[bool, about("期限是否暂定")]
    basis: Annotated[str, about("期限由来")]
    state: Annotated[RequestState, about("状态代码")]
    state_text: Annotated[str, about("状态")]
    answer: Annotated[str | None, about("答复")]
    erase_on: Annotated[date | None, about("删除日期", "同意删除个人信息的")]
    closed_at: Annotated[datetime | None, about("办结时间")]
    version: Annotated[int, about("版本")]


@answer
class Request(OwnRequest):
    """A request as its bureaus see it."""

    receipt: Annotated[str, about("受理编号")]
    enterprise: Annotated[Applicant, about("企业")]
    contact: Annotated[GivenContact, about("联系人", "提出诉求的申请所填")]
    visit: Annotated[int | None, about("所出自的走访")]
    source: Annotated[
        RequestSource,
        about("来源", "、".join(f"{source} {source.label}" for source in RequestSource)),
    ]
    transfers: Annotated[int, about("转办次数")]


@answer
class RequestPage:
    """One page of requests."""

    items: Annotated[list[Request], about("诉求", "新的在前")]
    next: Annotated[int | None, NEXT]


@answer
class OpenedRequest:
    """A request was put on record."""

    id: Annotated[int, about("编号")]


@answer
class Changed:
    """A visit or request was changed."""

    id: Annotated[int, about("编号")]
    version: Annotated[int, about("版本")]
    requests: Annotated[list[int] | None, about("新登记的诉求编号")] = None
