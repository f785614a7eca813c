"""The document that an amount rests on where the notice gives no arithmetic."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from marshmallow import post_load

from schemas.kit.answers import answer
from schemas.kit.base import StrictSchema
from schemas.kit.describe import about
from schemas.kit.fields import DateField, Money, Text


@answer
class Basis:
    """A document of the deciding body: its number and day, and the yuan that it names for the
    applicant."""

    number: Annotated[str, about("文号", "决定单位文件或批复的编号")]
    dated_on: Annotated[date, about("文件日期")]
    amount: Annotated[Decimal, about("文件所列金额", "文件为该单位写明的金额")]


class StatedBasisSchema(StrictSchema):
    """The same as an officer sends it."""

    number = Text(max_length=120, required=True, **about("文号", "决定单位文件或批复的编号"))
    dated_on = DateField(required=True, **about("文件日期"))
    amount = Money(required=True, **about("文件所列金额（元）", "文件为该单位写明的金额"))

    @post_load
    def _made(self, read: dict[str, Any], **_: Any) -> Basis:
        return Basis(**read)
