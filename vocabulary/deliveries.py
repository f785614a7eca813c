"""The words of deliveries (送达): to whom, over which channel, how far."""

from __future__ import annotations

from vocabulary.base import Vocabulary


class RecipientKind(Vocabulary):
    """Who is told."""

    BUREAU = "bureau", "责任单位"
    ENTERPRISE = "enterprise", "申报单位"
    SYSTEM = "system", "业务系统"  # a bureau's own system, at its webhook endpoint


class Channel(Vocabulary):
    """How somebody is told. For inbox and portal the row itself is the message."""

    INBOX = "inbox", "收件箱"
    EMAIL = "email", "电子邮件"
    PORTAL = "portal", "查询页面"
    WEBHOOK = "webhook", "接口推送"
    DINGTALK = "dingtalk", "钉钉"
    WECOM = "wecom", "企业微信"
    SMS = "sms", "短信"


class DeliveryState(Vocabulary):
    """How far a message has come."""

    PENDING = "pending", "待发送"
    SENDING = "sending", "正在发送"
    SENT = "sent", "已送达"
    FAILED = "failed", "发送失败"
