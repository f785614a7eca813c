"""An assessment on the wire: what the rules say, explained."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from schemas.explained import (
    Cap,
    Clause,
    Declared,
    Made,
    NotCounted,
    NoticeParameter,
    OpenQuestion,
    Referral,
    ToBeFound,
    Total,
    Waiting,
)
from schemas.kit.answers import YUAN, answer
from schemas.kit.describe import about
from vocabulary.outcomes import Outcome, Standing, Truth


@answer
class AssessedCondition:
    """One condition's answer, with the notice's own words."""

    condition: Annotated[str, about("条件代码")]
    item: Annotated[str | None, about("所涉项目")]
    label: Annotated[str, about("条件")]
    words: Annotated[str, about("通知原文")]
    where: Annotated[str, about("出处")]
    result: Annotated[str, about("结果代码", words=Truth)]
    result_text: Annotated[str, about("结果")]
    explanation: Annotated[str, about("理由")]
    decider: Annotated[str, about("由谁认定")]
    facts: Annotated[Made | None, about("所用事实")] = None
    waits_for: Annotated[Literal["applicant", "official"] | None, about("等待")] = None
    missing: Annotated[list[str] | None, about("缺少的事实", "JSON 指针")] = None
    question: Annotated[str | None, about("所涉疑义编号")] = None
    declared: Annotated[
        list[Annotated[Made, Declared]] | None,
        about("申报单位就此填报的内容", "仅经办人员可见，待认定的条件才有"),
    ] = None


@answer
class Arithmetic:
    """One line of arithmetic."""

    item: Annotated[str, about("所涉项目")]
    label: Annotated[str, about("名称")]
    steps: Annotated[str, about("算式")]
    amount: Annotated[str, about("金额", YUAN)]
    standing: Annotated[str, about("处理代码", words=Standing)]
    standing_text: Annotated[str, about("处理")]
    reason: Annotated[str | None, about("理由")] = None
    condition: Annotated[str | None, about("不计入所依据的条件代码")] = None
    question: Annotated[str | None, about("所涉疑义编号")] = None
    earlier_receipt: Annotated[str | None, about("已获准的受理编号", "仅经办人员可见")] = None


@answer
class Assessment:
    """The assessment in force, explained."""

    serial: Annotated[int, about("第几次核对")]
    assessed_at: Annotated[datetime, about("核对时间")]
    rules_version: Annotated[str, about("规则版本")]
    parameters_hash: Annotated[str, about("参数指纹")]
    outcome: Annotated[Outcome, about("结果代码")]
    outcome_text: Annotated[str, about("结果")]
    amount: Annotated[str | None, about("金额", YUAN)]
    summary: Annotated[str, about("结论")]
    decided_by: Annotated[str, about("由谁作出认定")]
    findings: Annotated[list[Annotated[Made, AssessedCondition]], about("逐项理由")]
    arithmetic: Annotated[list[Annotated[Made, Arithmetic]], about("算式")]
    questions: Annotated[
        list[Annotated[Made, OpenQuestion]], about("所涉疑义", "通知未写明之处及所采的读法")
    ]
    not_counted: Annotated[
        list[Annotated[Made, NotCounted]],
        about("没有计入的部分", "名称、金额、处理和理由；其余部分照常办理时才有"),
    ]
    missing: Annotated[list[str], about("须补充的事实", "JSON 指针")]
    needs_finding: Annotated[list[Annotated[Made, ToBeFound]], about("须由人认定的条件")]
    waiting: Annotated[
        list[Annotated[Made, Waiting]],
        about("等待办结的事项", "重复、未缴租金等：理由、由谁办、须带什么"),
    ]
    referrals: Annotated[list[Annotated[Made, Referral]], about("转介")]
    would_alter: Annotated[list[str], about("什么情况下结果会不同")]
    parameters: Annotated[
        list[Annotated[Made, NoticeParameter]], about("所用参数", "含数值、来源和出处")
    ]
    total: Annotated[
        Made | None,
        Total,
        about("合计", "金额、各行相加、取整的差额和说明；有上限的，为适用上限之前的合计"),
    ] = None
    amount_note: Annotated[str | None, about("金额说明")] = None
    clause: Annotated[Made | None, Clause, about("条款", "出处和原文")] = None
    cap: Annotated[Made | None, Cap, about("上限")] = None
