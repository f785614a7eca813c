"""Promised days (承诺期限) on the wire."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from schemas.kit.answers import answer
from schemas.kit.describe import about
from vocabulary.promises import Kind


@answer
class Deadline:
    """Something still to be done, by when, and how the day comes about."""

    promise: Annotated[Kind, about("事项代码")]
    text: Annotated[str, about("事项")]
    bureau: Annotated[str, about("单位代码")]
    due_on: Annotated[date, about("期限")]
    provisional: Annotated[bool, about("是否暂定", "该年度节假日安排尚未公布")]
    paused: Annotated[bool, about("是否暂停计算", "等待补正期间不计")]
    basis: Annotated[str, about("期限由来")]


@answer
class Promise(Deadline):
    """The same, with the name of who is to keep it."""

    bureau_name: Annotated[str, about("单位")]
