"""The words of a refusal: stable machine codes, each with its Chinese sentence.

marshmallow reports errors as plain strings. A :class:`Coded` is such a string that also carries
its code and survives marshmallow's ``format``, so a code and its sentence travel together from
the field that refused a value to the error body, without a table that guesses codes from texts.
"""

from __future__ import annotations

from typing import Any, Final, Self

SENTENCES: Final[dict[str, str]] = {
    "required": "此项必填。",
    "null_not_allowed": "此项不能为空值（null）。不清楚时请不填此项。",
    "unknown_field": "没有这一项，请检查名称是否写错。",
    "invalid_type": "填写的类型不正确，请按说明填写。",
    "invalid_object": "此处应为一个 JSON 对象。",
    "invalid_list": "此处应为一个 JSON 列表。",
    "invalid_string": "此项应为文字。",
    "invalid_integer": "此项应为整数。",
    "invalid_number": "此项应为数字。",
    "invalid_boolean": "此项应为 true（是）或 false（否）。",
    "invalid_choice": "不是可选的值，可选：{choices}。",
    "invalid_value": "填写的内容不符合要求。",
    "invalid_format": "格式不正确。",
    "invalid_date": "不是有效的日期，应写成 2020-03-01 的样式。",
    "no_end_date": "没有写明结束日的合同，这里写 {last}；写明的，写合同上的结束日。",
    "date_out_of_range": "日期应在 {first} 至 {last} 之间，请核对年份。",
    "invalid_datetime": "不是有效的时间，应写成 2020-03-01T09:30:00+08:00 的样式。",
    "invalid_clock": "不是有效的时刻，应写成 14:30 的样式。",
    "invalid_month": "不是有效的月份，应写成 2020-03 的样式。",
    "invalid_money": '金额应为以元为单位的数字，例如 "30000.00"。',
    "invalid_percent": '应为百分数的数字，例如 1.99% 写成 "1.99"。',
    "too_many_rate_decimals": "百分数最多写六位小数。",
    "too_many_decimals": "金额最多写到分，即两位小数。",
    "negative": "不能是负数。",
    "too_large": "数值超出允许的最大值。",
    "too_small": "不能小于 {min}。",
    "out_of_range": "应在 {min} 到 {max} 之间。",
    "above_max": "不能大于 {max}。",
    "too_short": "太短，至少 {min} 个字符（或项）。",
    "too_long": "太长，最多 {max} 个字符（或项）。",
    "wrong_length": "长度应在 {min} 到 {max} 之间。",
    "exact_length": "长度应为 {equal}。",
    "blank": "此项不能为空白。",
    "control_character": "不能含有控制字符；单行文字也不能换行。",
    "link_in_name": "名称中不能含有网址（如 http://、www. 或 abc.cn），请只填写名称。",
    "invalid_uscc": "统一社会信用代码应为 18 位数字或大写字母（不用 I、O、Z、S、V）。",
    "invalid_uscc_check": "统一社会信用代码的校验位不对，请逐位核对。",
    "registration_number": "这是 15 位的工商注册号。请填写营业执照上 18 位的统一社会信用代码；"
    "执照上还没有的，请先向市场监督管理部门换领。",
    "invalid_account_number": "账号应为8到32位数字，可以用空格分组。",
    "invalid_phone": "电话号码格式不正确：请只填一个号码。手机如 13800000000，"
    "固定电话如 010-66112569 转 802；港澳台和境外的请加国家或地区代码，如 +852。",
    "invalid_email": "电子邮箱格式不正确，应如 office@example.org；请检查有无中文逗号、句号，"
    "@ 后应为邮箱服务的域名。",
    "ends_before_start": "结束日不能早于开始日。",
    "most_below_least": "上限不能小于下限。",
    "no_area": "各部分面积不能都为零。",
    "reduction_above_rent": "减免金额不能大于当月应付租金。",
    "raise_of_nothing": "填报减免之后上调了租金的，多收的租金应大于零。",
    "raise_not_stated": "填写了上调后多收的租金，请将「减免之后是否上调租金」填为是。",
    "nobody_above": "自有产权的房屋没有上游产权单位；承租后转租的，请改选房屋权属。",
    "waiver_above_reduction": "其中的免收部分不能大于减免金额。",
    "fees_above_rent": "其他费用不能大于含费租金。",
    "fees_above_amount": "费用合计不能达到或超过担保金额。",
    "term_differs": "担保期限与起止日期相差一个月以上，请核对。",
    "not_disbursed_on_a_day": "填报为尚未放款，却填写了放款日期，请核对。",
    "city_has_no_district": "审批机关不是区级的，不填审批机关属于哪个区。",
    "trained_nobody": "填报为没有组织培训，却列有参训职工，请核对。",
    "repeated_month": "同一月份不能填写两次。",
    "total_differs": "合计与逐月之和不一致，请核对。",
    "part_above_total": "已填月份之和大于合计，请逐月填写并核对。",
    "more_than_staff": "裁员人数不能多于原有职工人数。",
    "unknown_pointer": "申报中没有这一项，请用 JSON 指针写明，例如 /facts/leases/0/rent。",
    "not_reopened": "这一项没有要求补正，不能修改。",
    "paper_missing": "{paper}还没有交，请先上传再提交。",
    "unknown_paper": "这份申报没有这种材料，请从所列的材料中选择。",
    "deadline_out_of_range": "期限应晚于今天，且不超过 {days} 天。",
    "not_with_as_computed": "按计算结果准予时，除理由和认定意见外不另填内容。",
    "unknown_notice": "没有受理依据这份通知的申报。受理的通知见 /api/v1/provisions。",
    "unknown_provision": "没有这一条款。可申报的条款见 /api/v1/provisions。",
    "unknown_bureau": "没有这个单位{meant}。单位的代码见各条款的 bureaus。",
    "unknown_condition": "没有这个条件{meant}。条件的代码见案件的 findings。",
    "unknown_question": "没有这个疑义编号{meant}。编号见案件的 questions。",
    "repeated": "同一参数只能填写一次。",
    "invalid_if_match": 'If-Match 应为读取时答复的 ETag，例如 "7"；不接受 * 和弱标签。',
    "invalid_idempotency_key": "Idempotency-Key 应为 1 到 200 个不含空格的 ASCII 字符，"
    "例如一个 UUID。",
    "invalid_offset": "请在请求头 Upload-Offset 中写明从哪个字节开始，例如 0。",
    "duplicate_name": "同一个对象里有重复的名称。",
    "not_a_number": "不接受 NaN 或 Infinity。",
    "number_out_of_range": "数字过大或过长。",
    "nul_character": "文字中不能含有 NUL（\\u0000）字符。",
    "lone_surrogate": "文字中含有不成对的代理字符，不是有效的 Unicode。",
}
"""Machine code -> Chinese sentence; ``{min}`` and the like are filled in by the validators."""


class Coded(str):
    """A Chinese error sentence that carries its machine ``code``."""

    __slots__ = ("code",)

    code: str

    def __new__(cls, code: str, sentence: str) -> Self:
        """Pair a code with a sentence. The sentence may hold ``{…}`` fields for ``format``."""
        made = super().__new__(cls, sentence)
        made.code = code
        return made

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        """What a copy is made from: schemas that speak it can be copied."""
        return self.code, str(self)

    def format(self, *args: Any, **values: Any) -> Coded:
        """Fill the sentence in as ``str.format`` does, keeping the code."""
        return Coded(self.code, str.format(self, *args, **values))


def coded(code: str) -> Coded:
    """The sentence of ``code``, still with its ``{…}`` fields, for marshmallow to format.

    Raises ``KeyError`` for a code that :data:`SENTENCES` does not list.
    """
    return Coded(code, SENTENCES[code])


def said(code: str, **values: Any) -> Coded:
    """The finished sentence of ``code``, for ``raise ValidationError(said("negative"))``."""
    return coded(code).format(**values)
