"""Kinds of personal data that the house holds: what, what for, on what ground, from when on.

Articles are those of the law on personal information (个人信息保护法). For how long each is kept is
the deployment's to say (`config/practice.py`); the table stands on the privacy notice.
"""

from __future__ import annotations

from typing import Self

from vocabulary.base import Vocabulary

DUTY = "《个人信息保护法》第十三条第一款第三项：履行法定职责所必需"
CONSENT = "《个人信息保护法》第十三条第一款第一项：取得个人的同意（核实联系方式时）"
CONSENT_DRAFT = "《个人信息保护法》第十三条第一款第一项：取得个人的同意（保存草稿时）"
ACCOUNTING = (
    "《个人信息保护法》第十三条第一款第三项：履行法定职责所必需；"
    "保存时间按第十九条，以财政资金的核算和审计所需为限"
)


class DataKind(Vocabulary):
    """A kind of data. `what`, `purpose`, `ground`, `since`: Chinese sentences without a full stop.

    Its days are the setting `keep_` and its value.
    """

    what: str
    purpose: str
    ground: str
    since: str

    def __new__(
        cls,
        value: str,
        label: str = "",
        what: str = "",
        purpose: str = "",
        ground: str = "",
        since: str = "",
    ) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.what, member.purpose, member.ground, member.since = what, purpose, ground, since
        return member

    GRANTED = (
        "granted",
        "准予支持的申请材料",
        (
            "联系人的姓名、电话、邮箱，收款账户，经营情况说明，学员等人员的编号，提交的照片和文件，往来文字，"
            "对公示提出异议的人的联系方式和所写内容"
        ),
        "核对、认定、支付，并在核算和审计期间备查",
        ACCOUNTING,
        "自最后一次办理之日起",
    )
    CLOSED = (
        "closed",
        "未准予、已转介或已撤回的申请材料",
        "同上",
        "答复申请、复核，答复对办理的询问",
        DUTY,
        "自最后一次办理之日起",
    )
    MESSAGES = (
        "messages",
        "已发出消息的收件地址",
        "消息发往的手机号码或邮箱，电话告知的记录",
        "查明消息是否送达",
        CONSENT,
        "自发出之日起",
    )
    CODES = (
        "codes",
        "验证码记录",
        "索取验证码的时间，验证码的密文",
        "核实联系方式，限制索取次数",
        CONSENT,
        "自失效之日起",
    )
    SESSIONS = (
        "sessions",
        "登录记录",
        "工作人员登录的时间、方式、网段，浏览器标记的密文；企业登录的时间、名称、信用代码",
        "识别曾登录过的浏览器，查明异常登录",
        DUTY,
        "自登录结束之日起",
    )
    ACCOUNTS = (
        "accounts",
        "已停用的工作人员账号",
        "姓名、登录名、密码和动态验证码的密文；办理记录中的署名不清除",
        "核对由谁办理",
        DUTY,
        "自停用之日起",
    )
    DRAFTS = (
        "drafts",
        "没有提交的草稿",
        "填表时已填写的内容和上传的材料，加密保存",
        "让填表的人以后接着填",
        CONSENT_DRAFT,
        "自最后一次保存之日起",
    )
