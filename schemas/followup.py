"""Promised days on the wire."""

from __future__ import annotations

from marshmallow import Schema, fields

from schemas.kit.describe import about
from schemas.kit.response_fields import text


class PromiseSchema(Schema):
    """Something still to be done, by when, and how the day comes about."""

    promise = text("事项代码")
    bureau = text("单位代码")
    bureau_name = text("单位")
    due_on = fields.Date(required=True, **about("期限"))
    provisional = fields.Boolean(required=True, **about("是否暂定", "该年度节假日安排尚未公布"))
    paused = fields.Boolean(required=True, **about("是否暂停计算", "等待补正期间不计"))
    basis = text("期限由来")
    text = text("事项")  # last: from here on the name is the field's
