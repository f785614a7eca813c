"""A file of exactly the cases that a list shows: those that its filters find when it is asked for.

The filters themselves are not kept with the file: what was searched for may be somebody's name.
"""

from __future__ import annotations

from casework.people.access import Principal
from casework.people.rights import Right
from casework.reporting import exports
from casework.reporting.scope import Scope
from casework.views import case_selection
from casework.views.case_filter import Wanted
from casework.views.case_selection import Order
from config.settings import Settings
from schemas.exports import NewExport
from store.db import Database


def request(
    db: Database,
    settings: Settings,
    principal: Principal,
    wanted: Wanted,
    order: Order,
    kind: str,
) -> NewExport:
    """Ask for the file; its rows are in the order of the list. Raises NotPermitted, TooManyExports,
    ListTooLong."""
    principal.require(Right.EXPORT)
    with db.transaction() as conn:
        found = case_selection.keys(
            conn, settings, principal, wanted, order, exports.MOST_NAMED + 1
        )
    ids = [key.id for key in found]
    return exports.request(db, settings, principal, Scope(bureau=principal.bureau), kind, ids)
