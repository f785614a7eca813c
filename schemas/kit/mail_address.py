"""Mail addresses: judged by email-validator, and by what Chinese input methods add."""

from __future__ import annotations

import re
from typing import Final

from vocabulary.writing import half_width, tidy

LONGEST: Final = 254
"""Characters (RFC 5321's limit of a path)."""

_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# As nearly everybody writes it; the library has the word on everything else.
_PLAIN: Final = re.compile(
    rf"[A-Za-z0-9_+-]{{1,32}}(?:\.[A-Za-z0-9_+-]{{1,10}}){{0,2}}@(?:{_LABEL}\.){{1,4}}[a-z]{{2,24}}",
    re.ASCII,
)
_TOP: Final = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]+", re.ASCII)
_CHINESE_SIGNS: Final = re.compile("[，。、；：“”‘’（）《》【】]")
# Names that no mail may be sent to from inside a network.
_OURS: Final = frozenset(
    {
        "localhost",
        "local",
        "localdomain",
        "lan",
        "internal",
        "intranet",
        "home",
        "corp",
        "arpa",
        "onion",
    }
)


def read_mail_address(written: str) -> str | None:
    """The address in the form mail servers take, its domain as punycode; None for what is none.

    A Chinese comma or full stop in it is a slip that may stand for anything: it is refused.
    """
    if _CHINESE_SIGNS.search(written):
        return None
    text = half_width(tidy(written))
    if len(text) > LONGEST:
        return None
    if _PLAIN.fullmatch(text) and "xn--" not in text.lower():
        address = text
    else:
        from email_validator import EmailNotValidError, validate_email

        try:
            found = validate_email(
                text,
                check_deliverability=False,
                allow_smtputf8=False,
                globally_deliverable=False,
                strict=True,
            )
        except EmailNotValidError:
            return None
        address = found.ascii_email or ""
    labels = address.rpartition("@")[2].lower().split(".")
    if len(labels) < 2 or labels[-1] in _OURS or not _TOP.fullmatch(labels[-1]):  # noqa: PLR2004
        return None
    return address if len(address) <= LONGEST else None
