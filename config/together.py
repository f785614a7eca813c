"""What settings must agree on with each other, once each of them is well by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from config import channels, notices

if TYPE_CHECKING:
    from config.settings import Settings


def faults(settings: Settings) -> Iterator[str]:
    """A sentence for each, which starts with a variable's name.

    Raises ValueError for a file that cannot be: likewise such a sentence.
    """
    try:
        yield from _faults(settings)
    except notices.NoticeDataError as error:
        yield f"NOTICES_PATH has a notice whose data cannot be read: {error}"


def _faults(settings: Settings) -> Iterator[str]:
    if fault := settings.practice_fault():
        yield fault.english
    if settings.smtp_url and not settings.smtp_from:
        yield "SMTP_FROM is not set although SMTP_URL is"
    yield from _without_a_gateway(settings)
    yield from settings.accounts.wrong()
    yield from settings.enterprise_login.wrong(settings.accounts)
    yield from settings.documents.wrong()
    if (settings.security_contact is None) != (settings.security_expires is None):
        yield "SECURITY_CONTACT and SECURITY_EXPIRES are set together or not at all"
    if settings.codes_file is not None and (settings.smtp_url or settings.sms_gateway):
        yield "CODES_FILE is for demonstrations without SMTP_URL and SMS_GATEWAY"
    try:
        notices.find(settings.notices_path, settings.notice_id)
    except notices.NoticeDataError as error:
        yield f"NOTICE_ID {error}"
    else:
        if unknown := channels.unknown_bureau(settings.bureau_contacts(), settings.notices_path):
            yield f"BUREAU_ADDRESSES {unknown}"
        else:
            yield from _unreachable(settings)
        yield from _of_no_notice(settings)
    _ = settings.sms, settings.report_secrets


def _of_no_notice(settings: Settings) -> Iterator[str]:
    bureaus = {one.bureau for one in settings.accounts.oidc_groups}
    if unknown := channels.unknown_bureau(bureaus, settings.notices_path):
        yield f"OIDC_GROUPS {unknown}"


def _without_a_gateway(settings: Settings) -> Iterator[str]:
    told = settings.auditing
    mails = {
        "SMTP_FROM": settings.smtp_from,
        "AUDIT_MAIL": told.mail,
        "OPERATOR_MAIL": told.operator_mail,
    }
    if not settings.smtp_url:
        yield from (f"{name} is set although SMTP_URL is not" for name, to in mails.items() if to)
    if len(settings.enterprise_channels) == 1:
        (only,) = settings.enterprise_channels
        if missing := _missing(settings, only):
            yield f"ENTERPRISE_CHANNELS names {only} alone although {missing} is not set"


def _unreachable(settings: Settings) -> Iterator[str]:
    for bureau, ways in settings.bureau_contacts().items():
        missing = [_missing(settings, way.channel) for way in ways]
        if all(missing):
            needs = " and ".join(sorted({name for name in missing if name}))
            yield f"BUREAU_ADDRESSES reaches [{bureau}] in no way: {needs} not set"


def _missing(settings: Settings, channel: str) -> str | None:
    """The setting without which nothing is sent over a channel; None: it is there."""
    needs = {"email": ("SMTP_URL", settings.smtp_url), "sms": ("SMS_GATEWAY", settings.sms_gateway)}
    name, value = needs.get(channel, ("", True))
    return None if value else name
