"""A mail as bytes, built by hand: its headers are exactly ours, whatever a name says.

The library decodes and folds header texts anew, and an encoded word inside of a name ("=?utf-8?q?
=0D=0ABcc:…?=") came out as a header line of its own on some of its versions. Here the subject is
one literal: all of it in base64, nothing of it parsed. What was built is read back before it goes.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.header import decode_header
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import format_datetime
from typing import Final

from casework.errors import PermanentError

_ADDRESS: Final = re.compile(r"[!#-'*+\-./0-9=?A-Z^-~]{1,64}@[A-Za-z0-9.-]{1,253}", re.ASCII)
_MESSAGE_ID: Final = re.compile(r"<[!-;=?-~]+@?[!-;=?-~]*>", re.ASCII)
_WORD_BYTES: Final = 39  # 52 signs of base64, so that no line has more than 76
_NAMES: Final = [
    "From",
    "To",
    "Subject",
    "Message-ID",
    "Date",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
]


@dataclass(frozen=True, slots=True)
class Mail:
    """A message to one recipient, ready for the wire."""

    sender: str
    recipient: str
    raw: bytes


def build(
    *,
    sender_name: str,
    sender: str,
    recipient: str,
    subject: str,
    text: str,
    message_id: str,
    at: datetime,
) -> Mail:
    """The mail. Raises PermanentError if an address cannot be one, or if what was built is not
    exactly what was meant."""
    for address in (sender, recipient):
        if not _ADDRESS.fullmatch(address):
            raise PermanentError("mail: the address cannot be a header")
    if not _MESSAGE_ID.fullmatch(message_id):
        raise PermanentError("mail: the message id cannot be a header")
    subject = " ".join(subject.split())
    values = [
        f"{_literal(sender_name)} <{sender}>",
        recipient,
        _literal(subject),
        message_id,
        format_datetime(at),
        "auto-generated",
        "1.0",
        'text/plain; charset="utf-8"',
        "base64",
    ]
    lines = [f"{name}: {value}" for name, value in zip(_NAMES, values, strict=True)]
    body = base64.encodebytes(text.encode("utf-8", "replace")).decode("ascii")
    raw = "\r\n".join([*lines, "", *body.splitlines(), ""]).encode("ascii")
    _check(raw, recipient, subject)
    return Mail(sender, recipient, raw)


def _literal(text: str) -> str:
    """The text as encoded words, none longer than a line; not one of its signs as it is."""
    words = [base64.b64encode(part).decode("ascii") for part in _parts(text)]
    return "\r\n ".join(f"=?utf-8?B?{word}?=" for word in words)


def _parts(text: str) -> Iterator[bytes]:
    """The text's UTF-8 in pieces that split no character."""
    part = b""
    for char in text:
        signs = char.encode("utf-8", "replace")
        if len(part) + len(signs) > _WORD_BYTES:
            yield part
            part = b""
        part += signs
    yield part


def _check(raw: bytes, recipient: str, subject: str) -> None:
    """Read back what was built: these headers in this order, this recipient, this subject."""
    found = BytesHeaderParser(policy=compat32).parsebytes(raw)
    read = "".join(
        part.decode(charset or "ascii") if isinstance(part, bytes) else part
        for part, charset in decode_header(found["Subject"].replace("\r\n", ""))
    )
    meant = subject.encode("utf-8", "replace").decode()
    if list(found.keys()) != _NAMES or found["To"] != recipient or read != meant:
        raise PermanentError("mail: the headers are not exactly ours")
