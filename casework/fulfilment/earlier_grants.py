"""Grants that an earlier release made are put on their way to the enterprise.

Before schema 0040, and while a process of the release before still works on a newer one, a grant
came into force without a fulfilment. Each gets one as if it were granted today, with its publicity
days still to come. A group is one transaction: whatever stops in between goes on where it was, and
running twice changes nothing.
"""

from __future__ import annotations

from typing import Final

import structlog

from casework.docket import desk
from casework.fulfilment import opening
from casework.notices import editions
from config.settings import Settings
from store.db import Database, take_turns

log = structlog.get_logger(__name__)

GROUP: Final = 100
MOST_GROUPS: Final = 100
"""Of one run; the next goes on."""

_WITHOUT: Final = """
SELECT a.id FROM determination AS d JOIN application AS a ON a.id = d.application_id
JOIN unnest(%(notices)s::text[], %(provisions)s::text[]) AS m (notice_id, provision)
    ON m.notice_id = a.notice_id AND m.provision = a.provision
WHERE d.state = 'in_force' AND d.granted AND d.amount > 0
    AND NOT EXISTS (SELECT FROM fulfilment AS f WHERE f.determination_id = d.id)
ORDER BY a.id LIMIT %(most)s
"""


def run(db: Database, settings: Settings) -> int:
    """Give each of them its fulfilment, so many at a time. Returns how many got one."""
    opened = 0
    for _ in range(MOST_GROUPS):
        if not (group := _group(db, settings)):
            break
        opened += group
    if opened:
        log.info("fulfilments.opened", count=opened)
    return opened


def _group(db: Database, settings: Settings) -> int:
    manners = [
        (each.notice.id, provision)
        for each in editions.every()
        for provision in each.notice.provisions
        if editions.manner(each.notice.id, provision) is not None
    ]
    with db.transaction() as conn:
        take_turns(conn, "earlier grants")
        found = conn.exec_driver_sql(
            _WITHOUT,
            {
                "notices": [notice for notice, _ in manners],
                "provisions": [provision for _, provision in manners],
                "most": GROUP,
            },
        ).scalars()
        ids: list[int] = list(found)
        for number in ids:
            # Locked only now: whoever determined it anew meanwhile has opened its fulfilment.
            case = desk.open_unseen(conn, number)
            if case is not None and not opening.has_one(conn, number):
                opening.open_for(conn, settings, case)
    return len(ids)
