"""What one can apply for, on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from marshmallow import fields

from schemas.contacts import PrintedContact
from schemas.kit.answers import answer
from schemas.kit.base import StrictSchema
from schemas.kit.describe import about


@answer
class Notice:
    """The notice a provision stands in."""

    id: Annotated[str, about("通知代码")]
    title: Annotated[str, about("标题")]
    number: Annotated[str, about("文号")]
    issuer: Annotated[str, about("发文机关")]
    issued_on: Annotated[date, about("成文日期")]


@answer
class _Summary:
    code: Annotated[str, about("条款代码")]
    measure: Annotated[str, about("措施序号")]
    where: Annotated[str, about("出处")]
    title: Annotated[str, about("名称")]
    words: Annotated[str, about("原文要点")]


@answer
class ProvisionSummary(_Summary):
    """A provision in a list."""

    href: Annotated[str, about("地址")]


@answer
class ProvisionList:
    """Every provision one can apply under."""

    notice: Annotated[Notice, about("通知")]
    provisions: Annotated[list[ProvisionSummary], about("条款")]
    notices: Annotated[list[Notice], about("受理的通知", "可以据以申报的全部通知")]


class NoticeQuerySchema(StrictSchema):
    """Which notice is meant."""

    notice = fields.String(**about("通知代码", "不填为本系统默认的通知"))


@answer
class Bureau:
    """A responsible body and every name the notice prints for it."""

    id: Annotated[str, about("单位代码")]
    name: Annotated[str, about("名称")]
    printed: Annotated[list[str], about("通知所用名称")]


@answer
class Route:
    """One rule of where applications go."""

    reason: Annotated[str, about("理由")]
    contacts: Annotated[list[PrintedContact], about("联系人")]


@answer
class _Sourced:
    source: Annotated[str, about("依据来源")]
    cite: Annotated[str, about("依据")]
    words: Annotated[str | None, about("依据原文")] = None


@answer
class Window(_Sourced):
    """When applications are taken, and whose word that is."""

    opens_on: Annotated[date | None, about("首日")] = None
    closes_on: Annotated[date | None, about("末日")] = None


@answer
class Materials(_Sourced):
    """What to bring, and whose word that is."""

    items: Annotated[list[str], about("材料")]


@answer
class Provision(_Summary):
    """A provision with everything needed to apply."""

    notice: Annotated[Notice, about("通知")]
    clause: Annotated[str, about("措施全文")]
    amount_note: Annotated[str | None, about("金额说明")]
    window: Annotated[Window | None, about("受理时间")] = None
    materials: Annotated[Materials | None, about("所需材料")] = None
    bureaus: Annotated[list[Bureau], about("责任单位")]
    contacts: Annotated[list[PrintedContact], about("联系人", "按通知原样")]
    routes: Annotated[list[Route], about("办理去向", "从上到下，先符合者牵头，其余抄送")]
    form: Annotated[Mapping[str, object], about("申报表", "JSON Schema 2020-12 格式")]
    example: Annotated[Mapping[str, object], about("填写示例")]
