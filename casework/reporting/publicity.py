"""The publicity list (公示): determined grants for everyone to see, with names masked.

What identifies stays out: of the receipt number only its tail is shown, of an enterprise's name
its beginning and its legal form, of a person's next to nothing.
"""

from __future__ import annotations

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

# One look into the index per provision, each as deep as the page at most; so a page costs the same
# however many applications lie between two grants.
_LIST = f"""
SELECT a.*, {predicates.DECIDED_AT} AS decided_at, d.proposed_by
FROM unnest(%(provisions)s::text[]) AS p (code) CROSS JOIN LATERAL (
    SELECT a.id, a.receipt, a.notice_id, a.provision, a.name, a.enterprise ->> 'kind' AS kind,
        a.state, {predicates.AMOUNT} AS granted
    FROM application AS a
    WHERE a.provision = p.code AND {predicates.CANDIDATE} AND a.id < %(before)s
        AND {predicates.GRANT_IN_FORCE}
        AND coalesce({predicates.AMOUNT}, 1) > 0
    ORDER BY a.id DESC LIMIT %(limit)s) AS a
{predicates.DETERMINATION}
ORDER BY a.id DESC LIMIT %(limit)s
"""  # noqa: S608 -- constants


def list_grants(
    db: Database,
    *,
    provision: str | None = None,
    before: int | None = None,
    limit: int | None = None,
) -> PublicityPage:
    """Grants in force, those received last first; one of 0 yuan (counted elsewhere) is none."""
    size = paging.bounded(limit)
    known = {code for each in editions.every() for code in each.notice.provisions}
    wanted = [code for code in known if not provision or code == provision]
    values = {"provisions": wanted, "before": before or NEWEST, "limit": size + 1}
    with db.statement() as conn:
        rows = conn.exec_driver_sql(_LIST, values).all()

    def shown(row: Row[Any]) -> Grant:
        known = editions.provision_text(row.notice_id, row.provision)
        return Grant(
            receipt_tail=row.receipt[-TAIL_CHARS:],
            enterprise=masked(row.name, row.kind),
            provision=row.provision,
            measure=known.get("measure", ""),
            title=known.get("title", row.provision),
            amount=row.granted,
            decided_on=row.decided_at.astimezone(CHINA).date(),
            automatic=row.proposed_by == Actor.SYSTEM,
        )

    return paging.page(PublicityPage, rows, size, shown)


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
