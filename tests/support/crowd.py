"""Many applications assessed by several workers at once, in any order."""

from __future__ import annotations

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from casework.decision import assess
from casework.intake import accept
from casework.work.dispatch import Stage
from config.settings import Settings
from schemas.application import Submission
from store.db import Database
from tests.support.filing import TRUSTED
from tests.support.ledgers import claim_ids

WORKERS = 8


def file_all(
    database: Database, settings: Settings, submissions: Sequence[Submission]
) -> list[accept.Accepted]:
    """Accept many applications in one statement."""
    drafts = [
        accept.prepare(
            settings,
            each,
            identity=TRUSTED,
            idempotency_key=None,
            source="import",
            request_id=None,
        )
        for each in submissions
    ]
    with database.statement() as conn:
        filed = accept.file(conn, drafts)
    return [accept.answer(*each) for each in zip(drafts, filed, strict=True)]


def assess_in_parallel(database: Database, settings: Settings, chunk: int) -> None:
    """Assess everything due in shuffled chunks by several workers at once."""
    ids = claim_ids(database, settings, Stage.ASSESS, 10_000)
    random.Random(6).shuffle(ids)  # noqa: S311 -- any order will do
    chunks = [ids[start : start + chunk] for start in range(0, len(ids), chunk)]
    # A connection for each worker, as separate processes would have.
    shared = Database(settings.database_url, pool_size=WORKERS)
    with ThreadPoolExecutor(WORKERS) as pool:
        reports = list(pool.map(lambda chunk: assess.run(shared, settings, chunk), chunks))
    shared.close()
    assert [report.failures for report in reports] == [[]] * len(chunks)
