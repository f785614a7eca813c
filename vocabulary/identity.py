"""The words of who files: how far it is known who an applicant is, and by what it is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from vocabulary.base import Vocabulary
from vocabulary.deliveries import Channel


class IdentityLevel(Vocabulary):
    """How far it is known who files, the least first."""

    UNVERIFIED = "unverified", "未核实"  # an open form: whoever it was
    CONTACT_VERIFIED = "contact_verified", "联系方式已核实"  # a code sent there was typed back
    ASSURED = "assured", "已实名认证"  # a trusted system vouches for the login it made

    @property
    def rank(self) -> int:
        """Its place in the order; a higher one includes the lower ones."""
        return _ORDER[self]


_ORDER: Final = {level: place for place, level in enumerate(IdentityLevel)}


class IdentityMeans(Vocabulary):
    """By what a level above the lowest is known."""

    SMS_CODE = "sms_code", "短信验证码"
    EMAIL_CODE = "email_code", "邮件验证码"
    CLIENT = "client", "由申报渠道担保"  # the sending system, by its intake token
    LOGIN = "login", "统一身份认证登录"  # made by the enterprise in a login of its own here
    OPERATOR = "operator", "由系统操作员担保"  # whoever ran the import
    WINDOW = "window", "由窗口经办人担保"  # whoever uploaded the table at the desk


CONFIRMABLE: Final[Mapping[Channel, tuple[str, str, IdentityMeans]]] = {
    Channel.EMAIL: ("email", "电子邮箱", IdentityMeans.EMAIL_CODE),
    Channel.SMS: ("phone", "手机号码", IdentityMeans.SMS_CODE),
}
"""Over what a code confirms a contact: the contact's member, its label, what is known then."""


def confirmed(contact: Mapping[str, Any], channels: Iterable[str]) -> list[Channel]:
    """Which of the confirmed channels reach an address that the contact has: whoever vouches for a
    contact vouches for every channel, also for one that it does not name."""
    return [Channel(each) for each in channels if contact.get(CONFIRMABLE[Channel(each)][0])]


def level_text(level: IdentityLevel, *, is_checked: bool) -> str:
    """The level as people read it, with an officer's check where there was one."""
    return f"{level.label}（经办人已核对身份）" if is_checked else level.label
