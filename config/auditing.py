"""Who is told about the house itself: the auditor of the sealed trail, the operator of alerts."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from config import channels, urls
from config.declared import Whole, variable


@dataclass(frozen=True, slots=True)
class Auditing:
    """Where the head of the chain is handed out, and what is an alert."""

    # fmt: off
    heads_file: Path | None = field(default=None, metadata=variable(
        "AUDIT_HEADS_FILE", Path,
        "file to which the head of the sealed trail is added every hour; let it lie where nobody"
        " of the house can alter it",
        "每小时将审计记录的封存凭证追加到此文件；应放在本系统人员不能改动之处"))
    mail: str | None = field(default=None, metadata=variable(
        "AUDIT_MAIL", channels.mailbox,
        "the auditor's mail address: the head goes there, too (needs SMTP_URL)",
        "审计人员的邮箱：封存凭证同时发到这里（需要 SMTP_URL）"))
    url: str | None = field(default=None, metadata=variable(
        "AUDIT_URL", urls.public_url,
        "a system of the auditor's: the head is POSTed there, too",
        "审计方的系统地址：封存凭证同时以 POST 发到这里"))
    operator_mail: str | None = field(default=None, metadata=variable(
        "OPERATOR_MAIL", channels.mailbox,
        "the operator's mail address, for alerts (needs SMTP_URL)",
        "运维人员的邮箱，用于告警（需要 SMTP_URL）"))
    failed_tries_alert: int = field(default=300, metadata=variable(
        "FAILED_TRIES_ALERT", Whole(1, 1_000_000),
        "so many failed codes, tokens, links and logins within ten minutes are an alert",
        "十分钟内查询码、令牌、链接、登录失败达到此数即告警"))
    # fmt: on
