"""Tokens of systems, as an administrator asks for them."""

from __future__ import annotations

from typing import Final

from schemas.kit.base import StrictSchema
from schemas.kit.describe import about
from schemas.kit.fields import Text
from schemas.kit.names import Name

_LONGEST_LIST: Final = 500


class NewTokenSchema(StrictSchema):
    """A token that is to be made."""

    bureau = Text(max_length=80, required=True, **about("单位代码"))
    role = Text(max_length=20, required=True, **about("用途", "业务系统或申报渠道"))
    label = Name(max_length=80, required=True, **about("系统名称"))
    vouches = Text(max_length=20, **about("可担保的身份核实程度", "只有申报渠道要填"))
    addresses = Text(max_length=_LONGEST_LIST, **about("网络地址", "只能从这些地址使用"))
