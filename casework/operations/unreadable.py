"""What administrators changed and no process can read: it is left out, and the rest holds."""

from __future__ import annotations

from sqlalchemy import Connection

from casework.docket import practice
from casework.notices import editions
from casework.outbox import bureau_addresses
from vocabulary.troubles import UNREADABLE_ADDRESS, UNREADABLE_PRACTICE, Told


def warnings(conn: Connection) -> list[Told]:
    """A line for each, with what helps."""
    return [
        *(UNREADABLE_PRACTICE.of(name=name) for name in practice.unreadable(conn)),
        *(
            UNREADABLE_ADDRESS.of(recipient=Told(each, editions.known_bureau_name(each)))
            for each in bureau_addresses.unreadable(conn)
        ),
    ]
