"""What of an enterprise's applications stands beside one of them: asked for before, or closed."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

from store import predicates
from vocabulary.cases import State

GOES_ON: Final = frozenset({State.AWAITING_DETERMINATION, State.AWAITING_APPROVAL})
"""Where an application waits for nothing that its applicant would have to do."""

_LISTED: Final = ", ".join(f"'{state}'" for state in sorted(GOES_ON))

_KEPT: Final = """(SELECT k.receipt FROM duplicate AS u JOIN application AS k ON k.id = u.kept_id
        WHERE u.application_id = a.id)"""

COLUMNS: Final = f"""
    {_KEPT} AS duplicate_of,
    ARRAY(SELECT o.receipt FROM duplicate AS u JOIN application AS o ON o.id = u.application_id
        WHERE u.kept_id = a.id ORDER BY o.id) AS duplicates,
    ARRAY(SELECT o.receipt FROM application AS o WHERE o.uscc = a.uscc
        AND o.notice_id = a.notice_id AND o.provision = a.provision
        AND (o.received_at, o.id) < (a.received_at, a.id)
        AND (o.state IN ({_LISTED}) OR {predicates.GRANT_IN_FORCE.replace("a.id", "o.id")})
        AND (o.lead_bureau = a.lead_bureau OR a.lead_bureau = ANY(o.copied_bureaus))
        AND NOT EXISTS (SELECT FROM review AS w
            WHERE w.application_id = a.id AND w.state = 'reopened')
        ORDER BY o.id LIMIT 20) AS asked_before
"""  # noqa: S608 -- words of ours
"""Receipts, of an application `a`: which goes on in its place, which were closed in favour of it,
and what it may be a duplicate of, as its lead bureau sees it."""


def kept_for(conn: Connection, application_id: int) -> str | None:
    """The receipt of the one that goes on in the place of one that was closed as its duplicate."""
    found: str | None = conn.exec_driver_sql(
        f"SELECT {_KEPT} FROM application AS a WHERE a.id = %(id)s",  # noqa: S608 -- words of ours
        {"id": application_id},
    ).scalar_one()
    return found
