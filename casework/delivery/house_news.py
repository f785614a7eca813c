"""What bureaus and their heads are told of the house and of no case: local practice that changes,
what waits for a second person's word, another address, a test of one."""

from __future__ import annotations

from datetime import datetime

from casework.delivery.messages import PRODUCT, Event, Letter
from casework.notices import editions
from config import dated
from config.settings import Settings
from vocabulary.days import moment
from vocabulary.deliveries import NOBODY_ELSE, OPERATOR, Recipient
from vocabulary.events import EventType


def letter(settings: Settings, event: Event, to: Recipient, now: datetime) -> Letter:
    """One sentence, what it is about, and where one reads on."""
    said = EventType(event.type).sentence(event.data, _name)
    parameter = dated.parameters().get(event.data.get("parameter", ""))
    page = "practice" if parameter else "accounts" if event.type == EventType.ACCOUNT_WAITS else ""
    link = f"{settings.public_url}/desk/admin/{page}" if page else ""
    about = f"{parameter.variable.name}：{parameter.variable.help.chinese}。" if parameter else ""
    if to == OPERATOR:
        said, link = f"{said}；{NOBODY_ELSE}", ""
    text = f"{_name(str(to))}：{said}。{about}（{moment(now)}）"
    return Letter(f"【{PRODUCT}】告知", f"{text}\n{link}\n" if link else f"{text}\n", text, link)


def _name(recipient: str) -> str:
    return Recipient.parse(recipient).called(editions.known_bureau_name)
