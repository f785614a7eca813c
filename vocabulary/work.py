"""The words of the work ledger. Operators read them as they stand, so they have no label."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """What a work item asks for.

    Its subject: application, application, delivery, visit, application, digest, export, the first
    row of a block, application, file, uploaded table.
    """

    ASSESS = "assess"
    DETERMINE = "determine"  # without a person, where local practice permits it
    NOTIFY = "notify"
    REMIND = "remind"  # a day in the plan, then the reminder
    CHASE = "chase"  # promised days that come near or have passed
    DIGEST = "digest"
    EXPORT = "export"  # one is made; later it is cleared away
    ROTATE = "rotate"  # a block of rows is encrypted under the newest key
    PURGE = "purge"  # what is kept no longer of an application
    SCAN = "scan"  # a file that nobody may open before
    IMPORT = "import"  # an uploaded table is checked, then filed; later it is taken away
    CANARY = "canary"  # to arrive: see casework.work.canary


class Queue(StrEnum):
    """A queue of the broker; a worker process listens to each."""

    ASSESS = "assess"
    NOTIFY = "notify"
    REMIND = "remind"
    EXPORT = "export"
