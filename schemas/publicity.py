"""The publicity list (公示) on the wire."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from schemas.kit.answers import answer
from schemas.kit.describe import about
from schemas.kit.fields import DateField
from schemas.kit.filters import FilterSchema, NamedByNotice, OfNotice
from schemas.kit.paging import BEFORE, LIMIT, NEXT


class PublicityQuerySchema(FilterSchema):
    """Filters and paging of the publicity list."""

    # A page's form sends an empty text for "all".
    provision = NamedByNotice(
        OfNotice.PROVISION, may_be_empty=True, **about("条款代码", "不填为全部")
    )
    # Not `from`: messengers add a word of that name to every link.
    decided_from = DateField(**about("决定日期自", "含当日"))
    decided_to = DateField(**about("决定日期至", "含当日"))
    before, limit = BEFORE, LIMIT


@answer
class Grant:
    """A decided grant, masked."""

    grant: Annotated[str | None, about("公示编号", "对这一公示提出异议时使用；不涉及金额的没有")]
    receipt_tail: Annotated[str, about("受理编号末位")]
    enterprise: Annotated[str, about("申报单位", "已脱敏")]
    provision: Annotated[str, about("条款代码")]
    measure: Annotated[str, about("措施序号")]
    title: Annotated[str, about("条款")]
    amount: Annotated[Decimal | None, about("金额")]
    decided_on: Annotated[date, about("决定日期")]
    publicised_until: Annotated[
        date | None, about("公示期最后一天", "到这一天为止提出的异议，答复前暂停兑现")
    ]
    automatic: Annotated[bool, about("是否自动认定", "本地做法：小额由系统自动认定")]


@answer
class PublicityPage:
    """One page of the publicity list."""

    items: Annotated[list[Grant], about("公示内容", "新受理的在前；按决定日期查的，新决定的在前")]
    next: Annotated[int | None, NEXT]
