"""Payment batches: what is payable goes to the bank, each payment on exactly one line.

A payment is payable once its publicity days are over, no objection is open, the grant is not under
review, a full working day has passed since an account was given, and nothing else of the
application is with the bank; and by somebody who had no part in the grant. Whether it is so is
asked again once the applications are locked: of two officers who export at once, the second finds
nothing left.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import structlog
from sqlalchemy import Connection, Row

from casework.docket import desk, second_person, trail
from casework.errors import Conflict, NotFound
from casework.fulfilment import batch_files, payment_account
from casework.fulfilment.batch_files import Line
from casework.fulfilment.shown import line_text
from casework.people.access import Principal
from casework.people.rights import Right
from casework.personal import texts
from config.settings import Settings
from schemas.kit import paging
from schemas.kit.answers import build
from schemas.payments import Batch, BatchPage, BatchRead, PaymentLine
from store.db import Database
from store.money import OUTSTANDING, PROGRESS
from store.personal_columns import SIGN
from vocabulary.events import EventType
from vocabulary.fulfilment import LineState, ReturnReason

log = structlog.get_logger(__name__)

MOST_LINES: Final = 500
"""Payments of one batch; what is more is for the next."""

# `a` may only be read after it was locked: another's act could have changed it meanwhile.
_PAYABLE: Final = f"""f.state = 'due' AND {PROGRESS} = 'payable' AND {OUTSTANDING} > 0
    -- Whoever granted it, or could have given the account, does not also pay it.
    AND %(actor)s NOT IN ({second_person.HAD_A_PART.format(application="a.id")}
        UNION (SELECT coalesce(k.confirmed_by, '') FROM payment_account AS k
            WHERE k.application_id = a.id ORDER BY k.id DESC LIMIT 1)
        UNION SELECT unnest(ARRAY[d.proposed_by,
            CASE WHEN d.state <> 'rejected' THEN coalesce(d.decided_by, '') ELSE '' END])
        FROM determination AS d WHERE d.application_id = a.id)"""  # noqa: S608 -- constants

_LOCK: Final = f"""
SELECT a.id FROM application AS a JOIN fulfilment AS f ON f.application_id = a.id
WHERE f.bureau = %(bureau)s AND {_PAYABLE} ORDER BY a.id LIMIT %(most)s FOR NO KEY UPDATE OF a
"""  # noqa: S608 -- constants
_LOCKED: Final = f"""
SELECT a.id, a.receipt, f.id AS fulfilment, f.purpose, {OUTSTANDING} AS amount,
    k.id AS account, k.particulars,
    (SELECT count(*) + 1 FROM payment_line AS l WHERE l.fulfilment_id = f.id) AS attempt
FROM application AS a JOIN fulfilment AS f ON f.application_id = a.id
JOIN LATERAL (SELECT k.id, k.particulars FROM payment_account AS k
    WHERE k.application_id = a.id ORDER BY k.id DESC LIMIT 1) AS k ON true
WHERE a.id = ANY(%(ids)s) AND f.bureau = %(bureau)s AND {_PAYABLE} ORDER BY a.id
"""  # noqa: S608 -- constants
_BATCH: Final = (
    "SELECT b.id, b.exported_by, b.exported_at, b.lines, b.total, b.digest,"
    " (SELECT count(*) FROM payment_line AS l WHERE l.batch_id = b.id AND l.state = 'paid')"
    "  AS paid,"
    " (SELECT count(*) FROM payment_line AS l WHERE l.batch_id = b.id AND l.state = 'returned')"
    "  AS returned FROM payment_batch AS b WHERE b.bureau = %(bureau)s"
)


class NothingPayable(Conflict):
    """No payment of the bureau can be exported now."""

    code = "nothing_payable"
    title = "没有可以付款的"
    message = (
        "现在没有可以付款的：公示期未满、有异议、复核中、未填收款账户或填了不满一个完整的工作日的、已送银行的，"
        "以及您本人参与过认定的不列入。"
    )


class BatchNotFound(NotFound):
    """No such batch, or not one of this bureau's; deliberately one answer."""

    code = "batch_not_found"
    title = "没有找到该付款批次"
    message = "没有找到该付款批次，或该批次不属于本单位。"


class FileGone(Conflict):
    """Accounts of the batch have been purged, or are not what was exported."""

    code = "payment_file_gone"
    title = "付款文件已不能重新生成"
    message = "收款账户已按保存期限清除，付款文件不能重新生成。"


def export(db: Database, settings: Settings, principal: Principal) -> Batch:
    """Put what is payable by the bureau into a batch; the file is fetched by itself.

    Raises NotPermitted, NothingPayable.
    """
    del settings
    principal.require(Right.PAY)
    with db.transaction() as conn:
        asked = {
            "bureau": principal.bureau,
            "actor": principal.actor,
            "most": MOST_LINES,
        }
        ids = list(conn.exec_driver_sql(_LOCK, asked).scalars())
        rows = conn.exec_driver_sql(_LOCKED, {**asked, "ids": ids}).all()
        if not rows:
            raise NothingPayable(english="Nothing is payable now.")
        batch = texts.fresh_id(conn, "payment_batch")
        lines = [_line(batch, place, row) for place, row in enumerate(rows, 1)]
        content = batch_files.written(lines)
        _insert(conn, principal, batch, lines, rows, batch_files.digest(content))
        for line, row in zip(lines, rows, strict=True):
            _note(conn, principal, row.id, line)
        made = _read(conn, principal.bureau, batch)
    log.info("payments.exported", batch=batch, lines=len(lines))
    return made


def file(db: Database, principal: Principal, batch: int) -> bytes:
    """The file of a batch; that it was fetched is on the trail of everyone in it.

    Raises NotPermitted, BatchNotFound, FileGone.
    """
    principal.require(Right.PAY)
    with db.transaction() as conn:
        made = _read(conn, principal.bureau, batch)
        rows = conn.exec_driver_sql(
            "SELECT l.number, l.amount, l.application_id, a.receipt, f.purpose, k.id AS account,"
            " k.particulars FROM payment_line AS l JOIN application AS a ON a.id = l.application_id"
            " JOIN fulfilment AS f ON f.id = l.fulfilment_id"
            " JOIN payment_account AS k ON k.id = l.account_id"
            " WHERE l.batch_id = %(batch)s ORDER BY l.id",
            {"batch": batch},
        ).all()
        if not all(row.particulars.startswith(SIGN) for row in rows):
            raise FileGone
        content = batch_files.written(
            [
                Line(
                    row.number,
                    row.receipt,
                    payment_account.opened(row.particulars, row.account),
                    row.amount,
                    row.purpose,
                )
                for row in rows
            ]
        )
        if batch_files.digest(content) != made.digest:
            raise FileGone
        shown = [row.application_id for row in rows]
        trail.looked(conn, principal, EventType.ACCESS_PAYMENT_FILE_READ, shown, batch=batch)
    return content


def list_batches(
    db: Database, principal: Principal, *, before: int | None = None, limit: int | None = None
) -> BatchPage:
    """The bureau's batches, newest first. Raises NotPermitted."""
    principal.require(Right.READ_PAYMENTS)
    size = paging.bounded(limit)
    with db.statement() as conn:
        rows = conn.exec_driver_sql(
            f"{_BATCH} AND (%(before)s::bigint IS NULL OR b.id < %(before)s)"
            " ORDER BY b.id DESC LIMIT %(limit)s",
            {"bureau": principal.bureau, "before": before, "limit": size + 1},
        ).all()
    return paging.page(BatchPage, rows, size, lambda row: build(Batch, row))


def read(db: Database, principal: Principal, batch: int) -> BatchRead:
    """A batch with its lines; no accounts. Raises NotPermitted, BatchNotFound."""
    principal.require(Right.READ_PAYMENTS)
    with db.transaction() as conn:
        made = _read(conn, principal.bureau, batch)
        rows = conn.exec_driver_sql(
            "SELECT l.number, l.amount, l.state, l.reason, l.note, l.id, l.answered_on,"
            " l.application_id, a.receipt, a.name AS enterprise FROM payment_line AS l"
            " JOIN application AS a ON a.id = l.application_id"
            " WHERE l.batch_id = %(batch)s ORDER BY l.id",
            {"batch": batch},
        ).all()
        shown = [row.application_id for row in rows]
        trail.looked(conn, principal, EventType.ACCESS_PAYMENTS_LISTED, shown, batch=batch)
    return BatchRead(
        batch=made,
        lines=[
            build(
                PaymentLine,
                row,
                state=LineState(row.state),
                reason=row.reason and ReturnReason(row.reason),
                text=line_text(row.state, row.reason),
                note=texts.shown(row.note, "payment_line.note", row.id),
            )
            for row in rows
        ],
    )


def _line(batch: int, place: int, row: Row[Any]) -> Line:
    account = payment_account.opened(row.particulars, row.account)
    return Line(f"FK{batch}-{place:04d}", row.receipt, account, row.amount, row.purpose)


def _insert(
    conn: Connection,
    principal: Principal,
    batch: int,
    lines: Sequence[Line],
    rows: Sequence[Row[Any]],
    digest: str,
) -> None:
    exported_at: datetime = conn.exec_driver_sql(
        "INSERT INTO payment_batch (id, bureau, exported_by, exported_at, lines, total, digest)"
        " OVERRIDING SYSTEM VALUE"
        " VALUES (%(id)s, %(bureau)s, %(actor)s, app_now(), %(lines)s, %(total)s, %(digest)s)"
        " RETURNING exported_at",
        {
            "id": batch,
            "bureau": principal.bureau,
            "actor": principal.actor,
            "lines": len(lines),
            "total": sum((line.amount for line in lines), Decimal()),
            "digest": digest,
        },
    ).scalar_one()
    conn.exec_driver_sql(
        "INSERT INTO payment_line (batch_id, number, fulfilment_id, application_id, attempt,"
        " account_id, amount) SELECT %(batch)s, l.* FROM unnest(%(numbers)s::text[],"
        "  %(fulfilments)s::bigint[], %(ids)s::bigint[], %(attempts)s::int[],"
        "  %(accounts)s::bigint[], %(amounts)s::numeric[]) AS l",
        {
            "batch": batch,
            "numbers": [line.number for line in lines],
            "fulfilments": [row.fulfilment for row in rows],
            "ids": [row.id for row in rows],
            "attempts": [row.attempt for row in rows],
            "accounts": [row.account for row in rows],
            "amounts": [line.amount for line in lines],
        },
    )
    conn.exec_driver_sql(
        "UPDATE fulfilment SET state = 'exported', changed_at = %(now)s WHERE id = ANY(%(ids)s)",
        {"ids": [row.fulfilment for row in rows], "now": exported_at},
    )


def _note(conn: Connection, principal: Principal, application_id: int, line: Line) -> None:
    case = desk.open_unseen(conn, application_id)
    if case is not None:
        desk.note(
            conn,
            desk.save(conn, case),
            EventType.PAYMENT_EXPORTED,
            principal.actor,
            bureau=principal.bureau,
            amount=str(line.amount),
            line=line.number,
        )


def _read(conn: Connection, bureau: str, batch: int) -> Batch:
    row = conn.exec_driver_sql(
        f"{_BATCH} AND b.id = %(batch)s", {"bureau": bureau, "batch": batch}
    ).one_or_none()
    if row is None:
        raise BatchNotFound(english="There is no such batch of this bureau.")
    return build(Batch, row)
