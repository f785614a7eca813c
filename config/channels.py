"""The deployment's files on channels: how each bureau is reached, and the SMS gateway.

BUREAU_ADDRESSES, one table per bureau id. The channels are tried in the order given: the next one
when the one before has failed. `email = "…"` alone is short for a single e-mail channel.

    [commerce]
    channels = [
      { channel = "wecom", address = "https://…/cgi-bin/webhook/send?key=…" },
      { channel = "dingtalk", address = "https://…/robot/send?access_token=…", secret = "SEC…" },
      { channel = "email", address = "duty@commerce.example.org" },
      { channel = "sms", address = "13800000000" },
    ]

MESSAGE_REPORTS: `email` and `sms`, each a secret. SMS_GATEWAY: see `SmsGateway`. Messages of errors
never repeat an address: it may be a secret.
"""

from __future__ import annotations

import base64
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from config import closest, notices

CONTACT_CHANNELS: Final = ("email", "sms", "dingtalk", "wecom")
"""Channels that reach a person or a group at an address."""

_HEAD: Final = ":supervisor"  # after the id of a bureau: its head

ROBOTS: Final = ("dingtalk", "wecom")
MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")


class ChannelFileError(ValueError):
    """A file is unreadable or says something that cannot be; the message says where."""


@dataclass(frozen=True, slots=True)
class Contact:
    """One way to reach somebody. `secret`: DingTalk's signing key (SEC…)."""

    channel: str
    address: str = field(repr=False)
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class SmsGateway:
    """An SMS gateway spoken to over HTTP POST.

    `format`: "json" or "form". `phone_field`, `text_field`, `id_field` (optional: a number that is
    the same at every attempt) name its parameters; `fields` and `headers` are sent as they are.
    `verdict_field` ("code", or "result.code") is where its answer says what became of the message:
    one of `success`, one of `permanent` (trying again cannot help), anything else is tried again;
    without it every 2xx is success. `sign` stands before every text, `max_chars` bounds it.
    `per_minute`: how many messages it takes (None: any number).
    """

    url: str = field(repr=False)
    format: str = "json"
    phone_field: str = "phone"
    text_field: str = "text"
    id_field: str | None = None
    sign: str = "【稳企】"
    max_chars: int = 300
    per_minute: int | None = None
    verdict_field: str | None = None
    success: tuple[str, ...] = ("0",)
    permanent: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)


def channel_names(value: str) -> tuple[str, ...]:
    """Channels to enterprises in order, from a setting. Raises ValueError."""
    names = tuple(name.strip() for name in value.split(","))
    if len(set(names)) < len(names) or set(names) - {"email", "sms"}:
        raise ValueError("must list email and sms in the order of trial")
    return names


def read_contacts(path: Path) -> dict[str, tuple[Contact, ...]]:
    """Read BUREAU_ADDRESSES: by bureau id its contacts in order. Raises ChannelFileError."""
    found: dict[str, tuple[Contact, ...]] = {}
    for bureau, entry in _read(path).items():
        try:
            found[bureau] = _contacts(entry)
        except ChannelFileError as error:
            raise ChannelFileError(f"{path}: [{bureau}] {error}") from None
    return found


def unknown_bureau(named: Collection[str], notices_path: Path) -> str | None:
    """What is to be said of the first that names a bureau of no notice there; None: all do."""
    known = notices.bureau_ids(notices_path) if named else ()
    for each in sorted({name.removesuffix(_HEAD) for name in named} - set(known)):
        meant = closest.likely(each, known)
        asks = f"did you mean {', '.join(meant)}?" if meant else "wenqi bureaus lists them"
        return f"names a bureau of no notice: [{each}]; {asks}"
    return None


def read_sms_gateway(path: Path) -> SmsGateway:
    """Read SMS_GATEWAY. Raises ChannelFileError, naming the key."""
    content = dict(_read(path))
    for name in ("success", "permanent"):
        if name in content:
            content[name] = _texts(path, name, content[name])
    for name in ("headers", "fields"):
        table = content.get(name, {})
        if not isinstance(table, dict) or not all(isinstance(v, str) for v in table.values()):
            raise ChannelFileError(f"{path}: [{name}] must hold texts only")
    try:
        gateway = SmsGateway(**content)
    except TypeError:
        known = ", ".join(sorted(SmsGateway.__dataclass_fields__))
        raise ChannelFileError(f"{path}: needs url, and knows only {known}") from None
    if not _is_http(gateway.url):
        raise ChannelFileError(f"{path}: url must be an http(s) address")
    if gateway.format not in ("json", "form"):
        raise ChannelFileError(f'{path}: format must be "json" or "form"')
    optional = {"id_field", "verdict_field", "per_minute"}
    kinds = {
        **dict.fromkeys(("phone_field", "text_field", "id_field", "verdict_field", "sign"), str),
        **dict.fromkeys(("max_chars", "per_minute"), int),
    }
    for name, kind in kinds.items():
        value = getattr(gateway, name)
        if value is None and name in optional:
            continue
        if type(value) is not kind or (isinstance(value, int) and value < 1):
            what = "a text" if kind is str else "a whole number above 0"
            raise ChannelFileError(f"{path}: {name} must be {what}")
    return gateway


def read_report_secrets(path: Path) -> dict[str, str]:
    """Read MESSAGE_REPORTS: by channel the secret that signs its reports. Raises
    ChannelFileError."""
    secrets = _read(path)
    if unknown := secrets.keys() - {"email", "sms"}:
        raise ChannelFileError(f"{path}: knows only email and sms, not {', '.join(unknown)}")
    for name, secret in secrets.items():
        if not _signs(secret):
            raise ChannelFileError(f"{path}: {name} must be whsec_ and 24 to 64 bytes in base64")
    return secrets


def _signs(secret: object) -> bool:
    if not isinstance(secret, str) or not secret.startswith("whsec_"):
        return False
    try:
        size = len(base64.b64decode(secret.removeprefix("whsec_"), validate=True))
    except ValueError:
        return False
    return 24 <= size <= 64  # noqa: PLR2004 -- as Standard Webhooks asks


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ChannelFileError(f"{path} cannot be read: {error}") from error


def _texts(path: Path, name: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ChannelFileError(f"{path}: {name} must be a list of texts")
    return tuple(value)


def _contacts(entry: object) -> tuple[Contact, ...]:
    if isinstance(entry, dict) and entry.keys() == {"email"}:
        entry = {"channels": [{"channel": "email", "address": entry["email"]}]}
    if not isinstance(entry, dict) or entry.keys() != {"channels"}:
        raise ChannelFileError('must hold either email = "name@host" or channels = […]')
    return contacts(entry["channels"])


def contacts(listed: object) -> tuple[Contact, ...]:
    """Ways to reach somebody, in order of trial, of a list of tables. Raises ChannelFileError."""
    if not isinstance(listed, list) or not listed:
        raise ChannelFileError("channels must list at least one channel")
    found = tuple(_contact(number, item) for number, item in enumerate(listed, start=1))
    names = [contact.channel for contact in found]
    if len(set(names)) < len(names):
        raise ChannelFileError("names a channel twice; one address each, in order of trial")
    return found


def _contact(number: int, item: object) -> Contact:
    place = f"channel {number}"
    if not isinstance(item, dict) or not all(isinstance(value, str) for value in item.values()):
        raise ChannelFileError(f"{place}: must be a table of texts")
    if not {"channel", "address"} <= item.keys() <= {"channel", "address", "secret"}:
        raise ChannelFileError(f"{place}: needs channel and address")
    contact = Contact(**item)
    if contact.channel not in CONTACT_CHANNELS:
        raise ChannelFileError(f"{place}: must be one of {', '.join(CONTACT_CHANNELS)}")
    if contact.secret is not None and contact.channel != "dingtalk":
        raise ChannelFileError(f"{place}: only dingtalk has a secret")
    if not _suits(contact):
        raise ChannelFileError(f"{place}: this is no address of {contact.channel}")
    return contact


def _suits(contact: Contact) -> bool:
    if contact.channel == "email":
        return looks_like_email(contact.address)
    if contact.channel == "sms":
        return MOBILE.fullmatch(contact.address) is not None
    return _is_http(contact.address)


def _is_http(value: object) -> bool:
    if not isinstance(value, str) or not value.isascii() or set(value) & set(" \t\r\n"):
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def mailbox(raw: str) -> str:
    """One mail address."""
    if not looks_like_email(raw):
        raise ValueError(f"must be a mail address such as duty@example.org, not {raw!r}")
    return raw


def sender(raw: str) -> str:
    """One mail address, which a name may stand before."""
    mailbox(parseaddr(raw)[1] or raw)
    return raw


def looks_like_email(value: str) -> bool:
    """Whether it can be one mail address: a line break or comma would smuggle in recipients."""
    name, at, host = value.partition("@")
    clean = value.isprintable() and not set(value) & set(" ,;<>")
    return bool(name and at and host and clean) and "@" not in host
