"""An application that is assessed, and the messages about it sent."""

from __future__ import annotations

from casework.decision import assess
from casework.delivery import send as notify
from casework.intake import accept
from casework.work.dispatch import Stage
from casework.work.run import ChunkResult
from config.settings import Settings
from store.db import Database
from tests.support import filing
from tests.support.applications import tenant
from tests.support.ledgers import claim_ids


def assessed(database: Database, settings: Settings) -> accept.Accepted:
    """Accept an application and assess all that waits."""
    accepted = filing.accept(database, settings, tenant())
    assess.run(database, settings, claim_ids(database, settings, Stage.ASSESS))
    return accepted


def send(database: Database, settings: Settings) -> ChunkResult:
    """Send what is due."""
    return notify.run(database, settings, claim_ids(database, settings, Stage.NOTIFY))
