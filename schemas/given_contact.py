"""Whom to reach at the enterprise, as answers to a bureau name it: always beside a receipt."""

from __future__ import annotations

from typing import Annotated

from schemas.kit.answers import answer
from schemas.kit.describe import about
from vocabulary.deliveries import Channel
from vocabulary.identity import IdentityLevel


@answer
class GivenContact:
    """The contact that one application gives, and how far it is known whose it is."""

    receipt: Annotated[str, about("受理编号", "提供这一联系方式的申请")]
    name: Annotated[str | None, about("联系人姓名")]
    phone: Annotated[str | None, about("联系电话")]
    email: Annotated[str | None, about("电子邮箱")]
    address: Annotated[str | None, about("地址", "申请所填的房屋地址")]
    identity: Annotated[IdentityLevel, about("身份核实程度代码")]
    identity_text: Annotated[str, about("身份核实程度", "含经办人核对")]
    confirmed: Annotated[list[Channel], about("已确认的联系方式", "sms 电话，email 邮箱")]
