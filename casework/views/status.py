"""The applicant's view of an application: standing, who acts next, timeline, assessment."""

from __future__ import annotations

import hmac

from casework import credentials
from casework.errors import ApplicationNotFound
from casework.views import dossier
from config.settings import Settings
from schemas.status import Status
from store.db import Database


def read(db: Database, settings: Settings, receipt: str, access_code: str) -> Status:
    """Read one application with its access code.

    Raises ApplicationNotFound
    for an unknown receipt and for a wrong code alike.
    """
    with db.statement() as conn:
        found = dossier.read(conn, settings, receipt)
    offered = credentials.access_hash(settings.require_secret_key(), access_code)
    # Compared even when nothing was found: the answer's time says nothing either.
    stored = bytes(found.row["access_hash"]) if found else bytes(len(offered))
    if not hmac.compare_digest(stored, offered) or found is None:
        raise ApplicationNotFound
    return dossier.summary(Status, found)
