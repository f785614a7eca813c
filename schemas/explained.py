"""Parts of an explanation on the wire, as `rules.explain` makes them: JSON already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from marshmallow import fields

from schemas.kit.answers import YUAN, answer
from schemas.kit.describe import about
from vocabulary.outcomes import Standing
from vocabulary.parties import Side

Made = Mapping[str, Any]
"""What one of the classes below describes."""


class _Value(fields.Raw):
    """A text, or several of a list."""

    def __init__(self, **options: Any) -> None:
        options["metadata"] = {
            **options.get("metadata", {}),
            "oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
        }
        super().__init__(**options)


@answer
class Declared:
    """A fact as the applicant declared it."""

    pointer: Annotated[str, about("位置", "JSON 指针")]
    label: Annotated[str, about("名称")]
    value: Annotated[str, about("填报内容")]


@answer
class Clause:
    """Where something stands in the notice, and its words."""

    where: Annotated[str, about("出处")]
    words: Annotated[str, about("原文")]


@answer
class NotMet:
    """A condition that is not met."""

    condition: Annotated[str, about("条件代码")]
    item: Annotated[str | None, about("所涉项目")]
    label: Annotated[str, about("条件")]
    words: Annotated[str, about("通知原文")]
    explanation: Annotated[str, about("理由")]


@answer
class ToBeFound:
    """A condition that an official has to find."""

    condition: Annotated[str, about("条件代码")]
    item: Annotated[str | None, about("所涉项目")]
    words: Annotated[str, about("通知原文")]
    decider: Annotated[str, about("由谁认定")]
    declared: Annotated[
        list[Annotated[Made, Declared]] | None,
        about("申报单位就此填报的内容", "仅经办人员可见"),
    ] = None


@answer
class Waiting:
    """What arithmetic waits for though no condition asks it."""

    kind: Annotated[str, about("事项代码")]
    lines: Annotated[list[str], about("所涉各行")]
    text: Annotated[str, about("理由")]
    who: Annotated[str, about("由谁办理", words=Side)]
    bring: Annotated[str, about("须带什么")]
    next: Annotated[str, about("办完之后")]
    earlier_receipts: Annotated[list[str] | None, about("已获准的受理编号", "仅经办人员可见")] = (
        None
    )


@answer
class NotCounted:
    """What an application asks for that is not counted, by its reason."""

    labels: Annotated[list[str], about("名称")]
    amount: Annotated[str, about("金额", YUAN)]
    standing: Annotated[str, about("处理代码", words=Standing)]
    standing_text: Annotated[str, about("处理")]
    reason: Annotated[str, about("理由")]


@answer
class OpenQuestion:
    """What the notice leaves open, and how it is read."""

    id: Annotated[str, about("疑义编号")]
    question: Annotated[str, about("疑义")]
    reading: Annotated[str, about("所采的读法")]
    internal: Annotated[str | None, about("内部说明", "仅经办人员可见")] = None


@answer
class ReferralContact:
    """Whom to ask there."""

    bureau_name: Annotated[str, about("单位")]
    section: Annotated[str, about("科室")]
    name: Annotated[str, about("联系人")]
    phone: Annotated[str, about("联系电话")]


@answer
class Referral:
    """Where else to turn."""

    to: Annotated[str, about("转介至")]
    text: Annotated[str, about("说明")]
    basis: Annotated[str | None, about("依据")] = None
    contacts: Annotated[list[Annotated[Made, ReferralContact]] | None, about("联系人")] = None


@answer
class NoticeParameter:
    """A figure, day or list of the notice or of its readings."""

    key: Annotated[str, about("参数代码")]
    label: Annotated[str, about("名称")]
    value: Annotated[object, _Value, about("数值", "文字；有几项的为数组")]
    unit: Annotated[str, about("单位")]
    source: Annotated[str, about("来源")]
    cite: Annotated[str, about("出处")]


@answer
class Total:
    """What the lines come to."""

    amount: Annotated[str, about("金额", YUAN)]
    lines: Annotated[str, about("各行相加", YUAN)]
    rounding: Annotated[str, about("取整的差额", YUAN)]
    text: Annotated[str, about("说明")]


@answer
class Cap:
    """What a total leaves of an amount."""

    account: Annotated[str, about("总额代码")]
    computed: Annotated[str, about("计算所得", YUAN)]
    limit: Annotated[str, about("上限", YUAN)]
    granted: Annotated[str, about("上限之内", YUAN)]
    text: Annotated[str, about("说明")]
