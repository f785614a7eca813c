"""The applicant's view of an application: standing, who acts next, timeline, assessment."""

from __future__ import annotations

from casework.docket import desk
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
        desk.require_code(conn, settings, receipt, access_code)
        found = dossier.read(conn, settings, receipt)
    if found is None:
        raise ApplicationNotFound
    return dossier.summary(Status, found)
