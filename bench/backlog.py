"""Accepted applications by the ten thousand: one through Wenqi's own use case, the others copied
from its rows. A copy differs from what a request leaves in its access code only: all have one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import LiteralString

from bench.applications import body, uscc
from casework.intake import accept, identity
from config.settings import Settings
from store.db import Database
from tests.support.packaged import load_application
from vocabulary.identity import IdentityLevel

# Its number occurs nowhere else in its documents, so that it can be replaced in their text.
SPECIMEN = "1234567"

_COPY: LiteralString = """
WITH pattern AS MATERIALIZED (SELECT * FROM application WHERE receipt = %(receipt)s),
wanted AS (
    SELECT u.*, receipt_for(nextval('receipt_number'),
        (SELECT (received_at AT TIME ZONE 'Asia/Shanghai')::date FROM pattern)) AS receipt
    FROM unnest(%(numbers)s::text[], %(usccs)s::text[]) AS u (number, uscc)
), created AS (
    INSERT INTO application (receipt, notice_id, provision, uscc, name, enterprise, facts,
        access_hash, source, received_at, identity, identity_how, identity_at,
        confirmed_channels)
    SELECT w.receipt, p.notice_id, p.provision, w.uscc,
        w.enterprise ->> 'name', w.enterprise, w.facts, p.access_hash, p.source, p.received_at,
        p.identity, p.identity_how, p.identity_at, p.confirmed_channels
    FROM pattern AS p, (
        SELECT receipt, uscc,
            replace(replace(%(enterprise)s, %(uscc)s, uscc), %(number)s, number)::jsonb,
            replace(replace(%(facts)s, %(uscc)s, uscc), %(number)s, number)::jsonb
        FROM wanted
    ) AS w (receipt, uscc, enterprise, facts)
    RETURNING id
), recorded AS (
    INSERT INTO event (application_id, type, actor, to_state, data, at)
    SELECT created.id, e.type, e.actor, e.to_state, e.data, e.at
    FROM created, event AS e JOIN pattern AS p ON p.id = e.application_id
)
INSERT INTO work_item (stage, subject_id, not_before, created_at)
SELECT w.stage, created.id, w.not_before, w.created_at
FROM created, work_item AS w JOIN pattern AS p ON p.id = w.subject_id WHERE w.stage = 'assess'
"""


def fill(database_url: str, environment: Mapping[str, str], count: int, first_serial: int) -> None:
    """Leave `count` accepted applications waiting, one of each enterprise from `first_serial` on.

    One transaction: whoever works sees all of them at once.
    """
    settings = Settings.from_env({**environment, "DATABASE_URL": database_url})
    database = Database(settings.database_url)
    first, specimen = load_application(body(first_serial)), load_application(body(int(SPECIMEN)))
    numbers = [f"{serial:07d}" for serial in range(first_serial + 1, first_serial + count)]
    draft = accept.prepare(
        settings,
        first,
        identity=identity.of_operator(IdentityLevel.ASSURED, None),
        idempotency_key=None,
        source="form",
        request_id=None,
    )
    try:
        with database.transaction() as conn:
            (filed,) = accept.file(conn, [draft])
            copied = conn.exec_driver_sql(
                _COPY,
                {
                    "receipt": filed.receipt,
                    "numbers": numbers,
                    "usccs": [uscc(int(number)) for number in numbers],
                    "enterprise": json.dumps(specimen.enterprise, ensure_ascii=False),
                    "facts": json.dumps(specimen.facts, ensure_ascii=False),
                    "number": SPECIMEN,
                    "uscc": uscc(int(SPECIMEN)),
                },
            )
            if copied.rowcount != len(numbers):
                raise RuntimeError(f"{copied.rowcount} copies are queued, not {len(numbers)}")
    finally:
        database.close()
