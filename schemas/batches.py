"""The answer to a batch: one JSON object per line sent, and one at the end."""

from __future__ import annotations

from typing import Final

from marshmallow import Schema, fields

from schemas.kit.describe import about
from schemas.kit.problem import FieldErrorSchema

MEDIA_TYPE: Final = "application/x-ndjson"


class BatchLineSchema(Schema):
    """What became of one line; the last one sums up, and tells a whole answer from a cut one."""

    line = fields.Integer(**about("行号", "从 1 起；空行也计数，但没有答复"))
    status = fields.Integer(**about("状态", "与单份提交的 HTTP 状态相同：202 已受理，503 可重试"))
    receipt = fields.String(**about("受理编号", "仅 202"))
    access_code = fields.String(**about("查询码", "仅 202；只显示这一次"))
    received_at = fields.AwareDateTime(**about("受理时间", "仅 202"))
    status_url = fields.Url(**about("查询地址", "仅 202"))
    replayed = fields.Boolean(**about("是否重复提交", "此前已用同一幂等键受理；仅在是时给出"))
    code = fields.String(**about("错误代码", "仅未受理的行"))
    detail = fields.String(**about("说明", "仅未受理的行"))
    errors = fields.List(fields.Nested(FieldErrorSchema), **about("逐项错误", "仅格式有误的行"))
    end = fields.Boolean(**about("结束", "仅最后一行，恒为 true"))
    accepted = fields.Integer(**about("受理数", "仅最后一行，含重复提交"))
    refused = fields.Integer(**about("退回数", "仅最后一行"))
    repeat = fields.Integer(**about("可重试数", "仅最后一行；数据库不可用时未受理的行"))
