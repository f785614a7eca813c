"""The chapter in which codes are tried and the trail is read."""

from __future__ import annotations

from dataclasses import replace

from casework.delivery import alerts
from casework.operations import trail_list
from casework.operations.failed_tries import Credential, FailedTries
from config.auditing import Auditing
from tests.support.office import AUDITOR, Office


def auditing(office: Office) -> None:
    """Somebody tries tokens, the operator is told, the auditor reads the trail."""
    FailedTries(office.db).note("203.0.113.7", Credential.TOKEN)
    alerted = replace(office.settings, auditing=Auditing(failed_tries_alert=1))
    alerts.run(office.db, alerted)
    trail_list.read(office.db, AUDITOR, trail_list.Wanted())
