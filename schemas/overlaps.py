"""Another application that one meets, on the wire."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from schemas.kit.answers import answer
from schemas.kit.describe import about
from vocabulary.cases import State
from vocabulary.overlaps import Meets


@answer
class OtherApplication:
    """The other application: bureaus see it; applicants only where it is known to be their own."""

    receipt: Annotated[str, about("受理编号")]
    provision: Annotated[str, about("条款代码")]
    provision_title: Annotated[str, about("条款")]
    state: Annotated[State, about("状态代码")]
    state_text: Annotated[str, about("状态")]
    bureau_name: Annotated[str, about("牵头单位")]


@answer
class OverlapAmounts:
    """What the other application asks for; bureaus only."""

    lines: Annotated[list[str], about("所涉各项")]
    amount: Annotated[Decimal, about("所涉金额")]
    verified: Annotated[bool, about("申报单位身份是否已核实")]


@answer
class Overlap:
    """That another application meets this one, how, and what to do."""

    meets: Annotated[Meets, about("关系代码")]
    meets_text: Annotated[str, about("关系")]
    granted: Annotated[bool, about("另一份是否已获准")]
    text: Annotated[str, about("说明")]
    to_do: Annotated[str, about("怎么办")]
    lines: Annotated[list[str], about("本申请所涉各项")]
    other: Annotated[OtherApplication | None, about("另一份申请", "申报单位只看到确属本单位的")]
    amounts: Annotated[OverlapAmounts | None, about("另一份的金额", "仅供办理")]
