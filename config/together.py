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
    if fault := settings.practice_fault():
        yield fault.english
    if settings.smtp_url and not settings.smtp_from:
        yield "SMTP_FROM is not set although SMTP_URL is"
    yield from settings.accounts.wrong()
    yield from settings.enterprise_login.wrong(settings.accounts)
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
    _ = settings.sms, settings.report_secrets
