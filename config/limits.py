"""Limits against automation: how much one address, enterprise or telephone may ask for.

Filing is open to all, so an anonymous client is held to these; a sending system with an intake
token has a limit of its own. An address may be that of thousands of telephones behind one gateway,
which is why its limits are wide and those of what a filing names are narrow.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, Final

from config.declared import Text, Whole, variable

_NUMBER: Final = Whole(0, 1_000_000_000)
Networks = tuple[IPv4Network | IPv6Network, ...]


def networks(raw: str) -> Networks:
    """Addresses or networks, separated by commas."""
    try:
        return tuple(ip_network(each.strip()) for each in raw.split(","))
    except ValueError:
        raise ValueError(
            "must list addresses or networks, such as 10.0.0.1,172.16.0.0/12"
        ) from None


def _limit(name: str, default: int, english: str, chinese: str) -> Any:
    more = "; 0: none", "；0 为不限"
    return field(
        default=default,
        metadata=variable(name, _NUMBER, english + more[0], chinese + more[1]),
    )


@dataclass(frozen=True, slots=True)
class Limits:
    """Numbers in a minute or a day; 0 is no limit."""

    # fmt: off
    address_minute: int = _limit(
        "LIMIT_ADDRESS_PER_MINUTE", 300,
        "open forms from one address in a minute", "同一网络地址每分钟可提交的公开申报数")
    address_day: int = _limit(
        "LIMIT_ADDRESS_PER_DAY", 5000,
        "open forms from one address in a day", "同一网络地址每天可提交的公开申报数")
    enterprise_day: int = _limit(
        "LIMIT_ENTERPRISE_PER_DAY", 40,
        "open forms that name one credit code in a day",
        "同一统一社会信用代码每天可提交的公开申报数")
    phone_day: int = _limit(
        "LIMIT_PHONE_PER_DAY", 40,
        "open forms that give one telephone in a day", "同一联系电话每天可提交的公开申报数")
    mail_day: int = _limit(
        "LIMIT_MAIL_PER_DAY", 40,
        "open forms that give one mail address in a day", "同一电子邮箱每天可提交的公开申报数")
    screenings_minute: int = _limit(
        "LIMIT_SCREENINGS_PER_MINUTE", 120,
        "screenings from one address in a minute", "同一网络地址每分钟可做的初步筛查数")
    drafts_day: int = _limit(
        "LIMIT_DRAFTS_PER_DAY", 5000,
        "drafts begun from one address in a day", "同一网络地址每天可开始填写的草稿数")
    large_drafts_day: int = _limit(
        "LIMIT_LARGE_DRAFTS_PER_DAY", 200,
        "drafts from one address that may grow above 32 kB in a day",
        "同一网络地址每天可超过 32 kB 的草稿数")
    draft_saves_minute: int = _limit(
        "LIMIT_DRAFT_SAVES_PER_MINUTE", 1200,
        "times that drafts are saved from one address in a minute",
        "同一网络地址每分钟可保存草稿的次数")
    failures_minute: int = _limit(
        "LIMIT_FAILURES_PER_MINUTE", 60,
        "wrong access codes and tokens from one address in a minute",
        "同一网络地址每分钟可输错查询码或令牌的次数")
    codes_minute: int = _limit(
        "LIMIT_CODES_PER_MINUTE", 30,
        "one-time codes that one address may ask for or try in a minute",
        "同一网络地址每分钟可索取或填写验证码的次数")
    logins_minute: int = _limit(
        "LIMIT_LOGINS_PER_MINUTE", 60,
        "logins from one address in a minute", "同一网络地址每分钟可尝试登录的次数")
    documents_day: int = _limit(
        "LIMIT_DOCUMENTS_PER_DAY", 2000,
        "files that one address may begin to send in a day",
        "同一网络地址每天可上传的材料份数")
    client_minute: int = _limit(
        "LIMIT_CLIENT_PER_MINUTE", 1_000_000,
        "applications of one intake token in a minute", "同一申报渠道令牌每分钟可提交的申报数")
    proxies: Networks = field(default=(), metadata=variable(
        "TRUSTED_PROXIES", networks,
        "addresses or networks of the proxies whose X-Forwarded-For is believed",
        "可信反向代理的地址或网段，只采信其 X-Forwarded-For",
        unset=Text("none", "无")))
    # fmt: on
