"""The words of the work ledger. Operators read them as they stand, so they have no label."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """What a work item asks for.

    Its subject: application, delivery, visit, application, digest, export.
    """

    ASSESS = "assess"
    NOTIFY = "notify"
    REMIND = "remind"  # a day in the plan, then the reminder
    CLOCK = "clock"  # promised days that come near or have passed
    DIGEST = "digest"
    REPORT = "report"  # an export is made; later it is cleared away
    CANARY = "canary"  # to arrive: see casework.work.canary
