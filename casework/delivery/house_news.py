"""What bureaus and their heads are told of the house and of no case: local practice that changes,
what waits for a second person's word, another address, a test of one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from casework.delivery.messages import PRODUCT, Event, Letter
from casework.notices import editions
from config import dated
from config.settings import Settings
from vocabulary.days import moment
from vocabulary.deliveries import Recipient
from vocabulary.events import EventType

_PAGES: Final[Mapping[str, str]] = {EventType.ACCOUNT_WAITS: "accounts"}


def letter(settings: Settings, event: Event, to: Recipient, now: datetime) -> Letter:
    """One sentence, what it is about, and where one reads on."""
    said = EventType(event.type).sentence(event.data, _name)
    parameter = dated.parameters().get(event.data.get("parameter", ""))
    page = "practice" if parameter else _PAGES.get(event.type, "")
    link = f"{settings.public_url}/desk/admin/{page}" if page else ""
    about = f"{parameter.variable.name}：{parameter.variable.help.chinese}。" if parameter else ""
    text = f"{_name(str(to))}：{said}。{about}（{moment(now)}）"
    return Letter(f"【{PRODUCT}】告知", f"{text}\n{link}\n" if link else f"{text}\n", text, link)


def _name(recipient: str) -> str:
    return Recipient.parse(recipient).called(editions.known_bureau_name)
