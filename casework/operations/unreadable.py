"""What administrators changed and no process can read: it is left out, and the rest holds."""

from __future__ import annotations

from sqlalchemy import Connection

from casework.docket import practice
from casework.outbox import bureau_addresses


def warnings(conn: Connection) -> list[str]:
    """A line for each, with what helps."""
    return [
        *(
            f"a change of {name} that was agreed upon is none of its values and is left out:"
            " two administrators agree upon another one (wenqi practice)"
            for name in practice.unreadable(conn)
        ),
        *(
            f"the changed address of {recipient} cannot be read, so what the deployment's file says"
            " holds: an administrator gives it anew (/desk/admin/addresses)"
            for recipient in bureau_addresses.unreadable(conn)
        ),
    ]
