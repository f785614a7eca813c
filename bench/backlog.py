"""Accepted applications by the ten thousand, through Wenqi's own use case."""

from __future__ import annotations

from collections.abc import Mapping

from bench.applications import body
from casework import accept
from config.settings import Settings
from schemas.application import Submission, load_application
from store.db import Database

CHUNK = 500


def fill(database_url: str, environment: Mapping[str, str], count: int, first_serial: int) -> None:
    """Accept `count` applications in chunks; the same rows as as many requests would leave."""
    settings = Settings.from_env({**environment, "DATABASE_URL": database_url})
    database = Database(settings.database_url)
    # Checking the form has been measured elsewhere; here only its result is needed.
    pattern = load_application(body(0))
    try:
        for start in range(first_serial, first_serial + count, CHUNK):
            drafts = [
                accept.prepare(
                    settings,
                    _submission(pattern, serial),
                    idempotency_key=None,
                    source="form",
                    request_id=None,
                )
                for serial in range(start, min(start + CHUNK, first_serial + count))
            ]
            with database.statement() as conn:
                accept.file(conn, drafts)
    finally:
        database.close()


def _submission(pattern: Submission, serial: int) -> Submission:
    wanted = body(serial)
    enterprise = {**pattern.enterprise}
    for name in ("uscc", "name", "contact"):
        enterprise[name] = wanted["enterprise"][name]
    (lease,) = pattern.facts["leases"]
    lease_no = wanted["facts"]["leases"][0]["lease_no"]
    facts = {**pattern.facts, "leases": [{**lease, "lease_no": lease_no}]}
    return Submission(pattern.provision, enterprise, facts)
