"""The publicity list (公示): determined grants for everyone to see, with names masked.

What identifies stays out: of the receipt number only its tail is shown, of an enterprise's name
its beginning and its legal form, of a person's next to nothing.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from sqlalchemy import Row

from casework.notices import editions
from schemas.kit import paging
from schemas.publicity import Grant, PublicityPage
from store import predicates
from store.db import Database
from vocabulary.forms import EnterpriseKind
from vocabulary.parties import Actor
from vocabulary.zone import CHINA

TAIL_CHARS: Final = 6
MASK: Final = "***"
NEWEST: Final = 2**63 - 1
_WHOLE_NAME_CHARS: Final = 8
_SHORT_NAME_CHARS: Final = 4

# By which an objection names a grant of money, and until when one stops it.
_OBJECTED_TO: Final = ", ".join(
    f"(SELECT f.{name} FROM fulfilment AS f"  # noqa: S608 -- constants
    f" WHERE f.application_id = a.id AND f.state <> 'cancelled') AS {name}"
    for name in ("handle", "publicised_until")
)

# One look into the index per provision, each as deep as the page at most; so a page costs the same
# however many applications lie between two grants.
_LIST = f"""
SELECT a.*, {predicates.DECIDED_AT} AS decided_at, d.proposed_by
FROM unnest(%(provisions)s::text[]) AS p (code) CROSS JOIN LATERAL (
    SELECT a.id, a.receipt, a.notice_id, a.provision, a.name, a.enterprise ->> 'kind' AS kind,
        a.state, {predicates.AMOUNT} AS granted,
        {_OBJECTED_TO}
    FROM application AS a
    WHERE a.provision = p.code AND {predicates.CANDIDATE} AND a.id < %(before)s
        AND {predicates.GRANT_IN_FORCE}
        AND coalesce({predicates.AMOUNT}, 1) > 0
    ORDER BY a.id DESC LIMIT %(limit)s) AS a
{predicates.DETERMINATION}
ORDER BY a.id DESC LIMIT %(limit)s
"""  # noqa: S608 -- constants

# Between two days the list is walked by the moment of decision, from the row before on: what was
# decided on other days is not touched. The determination of that row may have been replaced since;
# its moment is still where the page before ended.
_DECIDED: Final = "coalesce(d.decided_at, d.proposed_at)"
_LIST_BY_DAY = f"""
SELECT a.id, a.receipt, a.notice_id, a.provision, a.name, a.enterprise ->> 'kind' AS kind,
    a.state, {predicates.AMOUNT} AS granted, {_DECIDED} AS decided_at, d.proposed_by,
    {_OBJECTED_TO}
FROM determination AS d JOIN application AS a ON a.id = d.application_id
WHERE d.state = 'in_force' AND d.granted AND {predicates.CANDIDATE}
    AND a.provision = ANY (%(provisions)s) AND coalesce({predicates.AMOUNT}, 1) > 0
    AND {_DECIDED} >= %(first)s::date::timestamp AT TIME ZONE 'Asia/Shanghai'
    AND {_DECIDED} < (%(last)s::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
    AND (%(before)s::bigint IS NULL OR ({_DECIDED}, d.application_id) < (
        SELECT {_DECIDED}, d.application_id FROM determination AS d
        WHERE d.application_id = %(before)s AND d.granted ORDER BY d.id DESC LIMIT 1))
ORDER BY {_DECIDED} DESC, d.application_id DESC LIMIT %(limit)s
"""  # noqa: S608 -- constants
_ONE = f"""
SELECT a.id, a.receipt, a.notice_id, a.provision, a.name, a.enterprise ->> 'kind' AS kind,
    a.state, {predicates.AMOUNT} AS granted, {_DECIDED} AS decided_at, d.proposed_by, f.handle,
    f.publicised_until
FROM fulfilment AS f JOIN application AS a ON a.id = f.application_id
JOIN determination AS d ON d.application_id = a.id AND d.state = 'in_force' AND d.granted
WHERE f.handle = %(handle)s AND f.state <> 'cancelled'
"""  # noqa: S608 -- constants
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(9999, 12, 30)


def list_grants(
    db: Database,
    *,
    provision: str | None = None,
    decided_from: date | None = None,
    decided_to: date | None = None,
    before: int | None = None,
    limit: int | None = None,
) -> PublicityPage:
    """Grants in force, those received last first; one of 0 yuan (counted elsewhere) is none.

    `decided_from`, `decided_to`: days in Asia/Shanghai, both included; where one is given, those
    decided last come first.
    """
    size = paging.bounded(limit)
    known = {code for each in editions.every() for code in each.notice.provisions}
    wanted = [code for code in known if not provision or code == provision]
    values: dict[str, Any] = {"provisions": wanted, "before": before, "limit": size + 1}
    if decided_from or decided_to:
        statement = _LIST_BY_DAY
        values |= {"first": decided_from or _FIRST_DAY, "last": decided_to or _LAST_DAY}
    else:
        statement = _LIST
        values["before"] = before or NEWEST
    with db.statement() as conn:
        rows = conn.exec_driver_sql(statement, values).all()

    return paging.page(PublicityPage, rows, size, _shown)


def read_grant(db: Database, handle: str) -> Grant | None:
    """One that stands on the list, by the name that an objection gives it."""
    with db.statement() as conn:
        row = conn.exec_driver_sql(_ONE, {"handle": handle}).one_or_none()
    return None if row is None else _shown(row)


def _shown(row: Row[Any]) -> Grant:
    known = editions.provision_text(row.notice_id, row.provision)
    return Grant(
        grant=row.handle,
        receipt_tail=row.receipt[-TAIL_CHARS:],
        enterprise=masked(row.name, row.kind),
        provision=row.provision,
        measure=known.get("measure", ""),
        title=known.get("title", row.provision),
        amount=row.granted,
        decided_on=row.decided_at.astimezone(CHINA).date(),
        publicised_until=row.publicised_until,
        automatic=row.proposed_by == Actor.SYSTEM,
    )


def masked(name: str, kind: str | None) -> str:
    """A name as everyone may see it; never longer or shorter for a longer or shorter middle.

    Takes the name, and what its bearer is (`EnterpriseKind`). A person keeps the surname's first
    character; a sole trader's shop, which often bears its owner's name, its first and last one.
    """
    if kind == EnterpriseKind.NATURAL_PERSON or len(name) < _SHORT_NAME_CHARS:
        return name[:1] + MASK
    if kind == EnterpriseKind.INDIVIDUAL_BUSINESS or len(name) < _WHOLE_NAME_CHARS:
        return name[:1] + MASK + name[-1:]
    return name[:2] + MASK + name[-4:]
