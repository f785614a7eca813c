"""A bureau's head chooses when the bureau is told of what outside its inbox (消息设置).

What hangs on it, and what was chosen, is `casework.outbox.choices`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import structlog
from sqlalchemy import Connection

from casework import events
from casework.errors import VersionChanged, WrongPart
from casework.events import NewEvent
from casework.outbox import choices, deliveries
from casework.people.access import Principal
from casework.people.rights import Right
from config.settings import Settings
from schemas.message_choices import MessageChoice, MessageChoices
from store.db import Database, take_turns
from vocabulary.deliveries import Recipient
from vocabulary.events import EventType
from vocabulary.matters import Matter, Telling

log = structlog.get_logger(__name__)


class NotChoosable(WrongPart):
    """Somebody's promise, money or a safeguard hangs on the bureau being told of it so soon."""

    code = "message_not_choosable"
    title = "这类消息不能这样选"
    message = "这类消息不能这样选。"

    def __init__(self, matter: Matter, why: str) -> None:
        super().__init__(
            f"{matter.label}：{why}。", english=f"{matter} cannot be told so, or is listed twice."
        )
        self.pointer = "/choices"
        self.matter = matter


def asked(said: Iterable[tuple[str, str]]) -> dict[Matter, Telling]:
    """Matters, and when each is to be told, as a form or a body names them. Raises NotChoosable."""
    made: dict[Matter, Telling] = {}
    for name, when in said:
        matter = Matter(name)
        if matter in made:
            raise NotChoosable(matter, "列了不止一次")
        if when not in set(Telling):
            raise NotChoosable(matter, "没有这个选项")
        made[matter] = Telling(when)
    return made


def read(db: Database, settings: Settings, principal: Principal) -> MessageChoices:
    """What holds for the principal's bureau. Raises NotPermitted."""
    principal.require(Right.READ_INBOX)
    with db.statement() as conn:
        return _read(conn, settings, principal.bureau)


def choose(
    db: Database,
    settings: Settings,
    principal: Principal,
    seen: Collection[int],
    wanted: Mapping[Matter, Telling],
) -> MessageChoices:
    """Choose anew for the principal's bureau; matters that are not named stay as they are.

    The bureau and its head are told, each change with who made it is on the trail. `seen`: the
    versions of what was chosen until now. Raises NotPermitted, NotChoosable, VersionChanged.
    """
    principal.require(Right.CHOOSE_MESSAGES)
    for matter, telling in wanted.items():
        if telling not in matter.allowed:
            raise NotChoosable(matter, f"不能选{telling.label}，{matter.why}")
    with db.transaction() as conn:
        take_turns(conn, f"message_choice {principal.bureau}")
        present = _read(conn, settings, principal.bureau)
        if present.version not in seen:
            raise VersionChanged(present.version)
        was = {each.matter: each.telling for each in present.items}
        changed = {matter: telling for matter, telling in wanted.items() if telling != was[matter]}
        if not changed:
            return present
        choices.write(conn, principal.bureau, changed, principal.actor)
        data = {
            "bureau": principal.bureau,
            "chosen": {matter.value: telling.value for matter, telling in changed.items()},
            "standing_in_for": principal.standing_in_for(Right.CHOOSE_MESSAGES),
        }
        [event_id] = events.write(
            conn, [NewEvent(EventType.MESSAGES_CHOSEN, principal.actor, data=data)]
        )
        told = [
            message
            for is_head in (False, True)
            for message in deliveries.outside(
                settings, event_id, Recipient(principal.bureau, is_head=is_head)
            )
        ]
        # A head without an address of their own is reached at the bureau's: one letter will do.
        once = {(each.channel, each.address): each for each in reversed(told)}
        deliveries.write(conn, list(once.values()), fresh=True)
        made = _read(conn, settings, principal.bureau)
    log.info("messages.chosen", bureau=principal.bureau, count=len(changed))
    return made


def _read(conn: Connection, settings: Settings, bureau: str) -> MessageChoices:
    rows = {row.matter: row for row in choices.rows(conn, [bureau])}
    items = []
    for matter in Matter:
        row = rows.get(matter)
        items.append(
            MessageChoice(
                matter=matter,
                matter_text=matter.label,
                telling=choices.wanted(matter, row.telling if row else None),
                usual=matter.usual,
                allowed=list(matter.allowed),
                why=matter.why or None,
                chosen_by=row.chosen_by if row else None,
                chosen_at=row.chosen_at if row else None,
            )
        )
    version = max((row.id for row in rows.values()), default=0)
    return MessageChoices(version=version, digest_at=settings.practice.digest, items=items)
