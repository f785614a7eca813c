"""An enterprise that asks for the same twice, and a bureau that closes the later one."""

from __future__ import annotations

from typing import Any

from casework.acts import duplicate
from casework.intake.accept import Accepted
from casework.people.access import Principal
from tests.support.applications import tenant_body, uscc
from tests.support.ledgers import scalar
from tests.support.office import OFFICER, Office
from tests.support.said import said

VERSION = "SELECT version FROM application WHERE receipt = %(r)s"


def twice(office: Office, whose: int = 7301, **changes: Any) -> tuple[Accepted, Accepted]:
    """Two applications of one enterprise for one lease; `changes`: of the lease in the later."""
    body = tenant_body(uscc=uscc(whose), lease_no="两报-1")
    earlier = office.submit(body)
    body["facts"]["leases"][0] |= changes
    later = office.submit(body)
    office.assess_all()
    return earlier, later


def close(
    office: Office,
    later: str,
    earlier: str,
    who: Principal = OFFICER,
    seen: frozenset[int] | None = None,
) -> int:
    """Close the later one as a duplicate."""
    versions = seen or frozenset({scalar(office.db, VERSION, r=later)})
    return duplicate.close(
        office.db,
        office.settings,
        who,
        later,
        versions,
        duplicate_of=earlier,
        reason=said("同一租约报了两次"),
    )


def asked_twice(office: Office) -> None:
    """The later one is closed; for the scenario of every event."""
    earlier, later = twice(office)
    close(office, later.receipt, earlier.receipt)
