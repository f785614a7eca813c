"""What holds for every code that is typed back, whatever for: how long it is good, how many go to
one address in a day, and by what an address is known again.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

from casework.personal import credentials
from config.settings import Settings
from store.predicates import TODAY, day
from vocabulary.deliveries import Channel
from vocabulary.writing import mailbox_form

MINUTES: Final = 10
"""How long a code is good for."""
MOST_TRIES: Final = 5
"""Wrong codes after which those that are out are good for nothing."""
MOST_A_DAY: Final = 3
"""Codes to one address in a day, whoever asks and for however many applications."""

SOME_LEFT: Final = f"""((SELECT count(*) FROM contact_code AS c WHERE c.address_hash = %(hash)s
        AND {day("c.asked_at")} = {TODAY})
    + (SELECT count(*) FROM objection AS o WHERE o.address_hash = %(hash)s
        AND {day("o.asked_at")} = {TODAY}) < {MOST_A_DAY})"""  # noqa: S608 -- constants
"""Whether the address may get another code today: of all kinds together. Takes its `hash`, which is
held."""


def address_hash(settings: Settings, channel: Channel, address: str) -> bytes:
    """By what a telephone or mailbox is known again, however it is written."""
    form = address if channel is Channel.SMS else mailbox_form(address)
    return credentials.address_hash(settings.require_secret_key(), channel, form)


def hold(conn: Connection, hashed: bytes) -> None:
    """Two that ask at once for one address count one after the other."""
    conn.exec_driver_sql(
        "SELECT pg_advisory_xact_lock(('x' || encode(substr(%(hash)s::bytea, 1, 8), 'hex'))"
        "::bit(64)::bigint)",
        {"hash": hashed},
    )
