"""A bureau's cases: those it leads and those it is copied on, and no others."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row

from casework.acts import open_acts
from casework.decision import caps
from casework.docket import trail
from casework.errors import CaseNotFound
from casework.people.access import Principal
from casework.people.rights import Right
from casework.personal import texts
from casework.views import case_rows, case_selection, dossier, progress
from casework.views.case_filter import ANY, Wanted
from casework.views.case_selection import NEWEST, Asked, Order
from config.settings import Settings
from schemas.cases import Case, CasePage, Filed, Headroom
from schemas.findings import RecordedFinding
from schemas.kit import paging
from schemas.kit.answers import build
from store.db import Database
from vocabulary.events import EventType
from vocabulary.receipts import parse

MOST_WALKED: Final = 1_000
"""So many cases of a list can be gone through one after the other."""


def list_cases(
    db: Database,
    settings: Settings,
    principal: Principal,
    wanted: Wanted = ANY,
    order: Order = NEWEST,
    *,
    before: int | None = None,
    limit: int | None = None,
    with_totals: bool = False,
) -> CasePage:
    """The bureau's cases; that they were looked at is an event.

    `before`: of the newest first, only those filed before this one. Raises NotPermitted,
    CursorInvalid.
    """
    principal.require(Right.LIST_CASES)
    size = paging.bounded(limit)
    is_newest = order[:2] == NEWEST[:2]
    if before is not None and is_newest:
        order = order._replace(cursor=f"~{before}")
    with db.transaction() as conn:
        asked = Asked(conn, settings, principal, wanted)
        asked = case_selection.with_work(asked, order.sort)
        found = case_selection.keys(asked, order, size + 1)
        shown = found[:size]
        items = case_rows.read(asked, [key.id for key in shown])
        counted = case_selection.totals(asked, order.sort) if with_totals else None
        trail.looked(conn, principal, EventType.ACCESS_CASES_LISTED, [key.id for key in shown])
    goes_on = len(found) > size
    return CasePage(
        items=items,
        next=shown[-1].id if goes_on and is_newest else None,
        cursor=shown[-1].cursor if goes_on else None,
        totals=counted,
    )


def matching(
    db: Database, settings: Settings, principal: Principal, wanted: Wanted, order: Order, most: int
) -> list[int]:
    """The ids of the cases of a list, in its order, so many at most. Raises NotPermitted."""
    principal.require(Right.LIST_CASES)
    with db.transaction() as conn:
        found = case_selection.keys(Asked(conn, settings, principal, wanted), order, most)
    return [key.id for key in found]


class Neighbours(NamedTuple):
    """Where a case stands in a list, from 1, and the receipts before and after it. `is_more`: the
    list goes on beyond what was looked through."""

    place: int
    cases: int
    is_more: bool
    previous: str | None
    next: str | None


def neighbours(
    db: Database,
    settings: Settings,
    principal: Principal,
    receipt: str,
    wanted: Wanted,
    order: Order,
) -> Neighbours | None:
    """The cases beside one in a list, whichever of its pages one came from; None where the list
    does not have it (any more). Raises NotPermitted."""
    principal.require(Right.LIST_CASES)
    order = order._replace(cursor=None)
    with db.transaction() as conn:
        asked = Asked(conn, settings, principal, wanted)
        found = case_selection.keys(asked, order, MOST_WALKED + 1)
        own = conn.exec_driver_sql(
            "SELECT id FROM application WHERE receipt = %(receipt)s", {"receipt": parse(receipt)}
        ).scalar_one_or_none()
        ids = [key.id for key in found[:MOST_WALKED]]
        if own not in ids:
            return None
        place = ids.index(own)
        beside = [*ids[max(0, place - 1) : place], *ids[place + 1 : place + 2]]
        rows = conn.exec_driver_sql(
            "SELECT id, receipt FROM application WHERE id = ANY(%(ids)s)", {"ids": beside}
        )
        receipts = {row.id: row.receipt for row in rows}
    return Neighbours(
        place=place + 1,
        cases=len(ids),
        is_more=len(found) > MOST_WALKED,
        previous=receipts[ids[place - 1]] if place else None,
        next=receipts[ids[place + 1]] if place + 1 < len(ids) else None,
    )


def read(db: Database, settings: Settings, principal: Principal, receipt: str) -> Case:
    """One case with everything the applicant filed and every official finding.

    That it was read is an event. Raises NotPermitted, CaseNotFound if there is none or it is not
    this bureau's.
    """
    principal.require(Right.READ_CASE)
    with db.transaction() as conn:
        found = dossier.read(conn, settings, receipt)
        if found is None or principal.bureau not in _bureaus(found.row):
            raise CaseNotFound
        findings = conn.exec_driver_sql(
            "SELECT id, condition, item, result, note, evidence, actor, bureau, by_system,"
            " recorded_at"
            " FROM official_finding WHERE application_id = %(id)s ORDER BY id",
            {"id": found.row["id"]},
        ).all()
        cap = _cap(conn, found.row)
        trail.looked(conn, principal, EventType.ACCESS_CASE_READ, [found.row["id"]])
        # What it meets is shown with it: receipts, amounts and bureaus of other cases.
        met = [other.id for other, _ in found.met.others] if found.met else []
        trail.looked(conn, principal, EventType.ACCESS_OVERLAPS_READ, met)
    return dossier.summary(
        Case,
        found,
        officer=True,
        leads=found.row["lead_bureau"] == principal.bureau,
        casework=progress.for_bureau(
            found.row,
            cap,
            open_acts.to_bureau(principal, found.edition, found.row),
            found.bureau_name,
        ),
        application=build(Filed, found.row),
        official_findings=[_recorded(row) for row in findings],
    )


def _recorded(row: Row[Any]) -> RecordedFinding:
    said = {
        name: texts.unseal(row._mapping[name], f"official_finding.{name}", row.id)  # noqa: SLF001
        for name in ("note", "evidence")
    }
    return build(RecordedFinding, row, **said)


def _cap(conn: Connection, row: Mapping[str, Any]) -> Headroom | None:
    """What other applications of the institution were granted, as things stand: for officers, since
    anybody may name an institution."""
    claim = (row["document"] or {}).get("cap")
    if claim is None:
        return None
    used = caps.used(conn, claim["account"], row["id"])
    return Headroom(
        account=claim["account"].partition(":")[2],
        granted_elsewhere=used,
        headroom=max(Decimal("0.00"), Decimal(claim["limit"]) - used),
    )


def _bureaus(row: Any) -> set[str]:
    return {row["lead_bureau"], *row["copied_bureaus"]}
