"""The stages of the ledger, one row each: what relay, workers, dispatch and doctor know of them.

A new stage is a member of :class:`vocabulary.work.Stage`, a row here, the CHECK of
`work_item.stage` and the use case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from store.ledger import Backoff
from vocabulary.work import Queue, Stage


@dataclass(frozen=True, slots=True)
class Lane:
    """How a stage is relayed. `depth`: messages allowed to wait in the queue; `idle`: longest pause
    between looks, seconds; `chunk`: items per message at most (None: CHUNK_MAX); `gather`: pause in
    seconds after a claim that took all there was, so that few messages carry what comes meanwhile.
    """

    depth: int
    idle: float
    chunk: int | None = None
    gather: float = 0.0


@dataclass(frozen=True, slots=True)
class StageRow:
    """A stage. `use_case`: the module whose `run` works through a chunk of items, named and not
    imported, because it stands above this room. `queue`: None where every queue gets some.
    `application`: SQL that leads from `work_item AS w` to the application's id."""

    use_case: str
    queue: Queue | None
    lane: Lane
    backoff: Backoff
    application: str = "NULL::bigint"


FIRST_PAUSE: Final = 0.005
GATHER_SECONDS: Final = 0.02
"""While applications stream in: a chunk of one costs ten times as much per application as one of
hundreds, and a busy machine makes everybody wait. One that comes alone never waits for others."""

STAGES: Final[Mapping[Stage, StageRow]] = {
    Stage.ASSESS: StageRow(
        "casework.decision.assess",
        Queue.ASSESS,
        Lane(depth=1, idle=FIRST_PAUSE, gather=GATHER_SECONDS),
        Backoff(base=1, longest=300),
        application="w.subject_id",
    ),
    # A case each: it takes the locks of a person's determination, and in their order.
    Stage.DETERMINE: StageRow(
        "casework.acts.automatic",
        Queue.ASSESS,
        Lane(depth=4, idle=1.0, chunk=1),
        Backoff(base=1, longest=300),
        application="w.subject_id",
    ),
    Stage.NOTIFY: StageRow(
        "casework.delivery.send",
        Queue.NOTIFY,
        # Sending is slow and one after the other: small chunks, many messages for many threads.
        Lane(depth=16, idle=0.1, chunk=10),
        # Mail servers are down for hours, not seconds: with 10 attempts the last is hours away.
        Backoff(base=15, longest=3600),
        application="(SELECT application_id FROM delivery WHERE id = w.subject_id)",
    ),
    # Three that share a queue: each looks at all that waits there.
    Stage.REMIND: StageRow(
        "casework.followup.visit_reminders",
        Queue.REMIND,
        Lane(depth=4, idle=1.0),
        Backoff(base=1, longest=300),
        application="(SELECT application_id FROM visit WHERE id = w.subject_id)",
    ),
    Stage.CHASE: StageRow(
        "casework.followup.chase",
        Queue.REMIND,
        Lane(depth=4, idle=1.0),
        Backoff(base=1, longest=300),
        application="w.subject_id",
    ),
    Stage.DIGEST: StageRow(
        "casework.delivery.digest",
        Queue.REMIND,
        Lane(depth=4, idle=1.0, chunk=10),
        Backoff(base=15, longest=3600),
    ),
    Stage.PURGE: StageRow(
        "casework.operations.purge",
        Queue.EXPORT,
        Lane(depth=2, idle=5.0, chunk=100),
        Backoff(base=15, longest=3600),
        application="w.subject_id",
    ),
    # Slow, and one after the other; what the scanner does not answer waits for hours if need be.
    Stage.SCAN: StageRow(
        "casework.documents.document_scan",
        Queue.EXPORT,
        Lane(depth=2, idle=0.5, chunk=1),
        Backoff(base=15, longest=3600),
        application=("(SELECT min(application_id) FROM document WHERE file_id = w.subject_id)"),
    ),
    # Behind whatever waits: what it measures is how long that takes.
    Stage.CANARY: StageRow(
        "casework.work.canary", None, Lane(depth=64, idle=1.0), Backoff(base=1, longest=15)
    ),
    # Behind what people wait for, some blocks at a time.
    Stage.ROTATE: StageRow(
        "casework.operations.key_rotation",
        Queue.REMIND,
        Lane(depth=2, idle=1.0, chunk=4),
        Backoff(base=5, longest=300),
    ),
    # As an export: each a message of its own.
    Stage.IMPORT: StageRow(
        "casework.importing.upload_work",
        Queue.EXPORT,
        Lane(depth=2, idle=0.5, chunk=1),
        Backoff(base=5, longest=300),
    ),
    # An export may take minutes: each a message of its own.
    Stage.EXPORT: StageRow(
        "casework.reporting.export_files",
        Queue.EXPORT,
        Lane(depth=2, idle=1.0, chunk=1),
        Backoff(base=5, longest=300),
    ),
}
"""In the order in which the relay looks at them."""

APPLICATION_OF: Final = " ".join(
    [
        "CASE w.stage",
        *(f"WHEN '{stage}' THEN {row.application}" for stage, row in STAGES.items()),
        "END",
    ]
)
"""SQL: the application that `work_item AS w` is about; NULL for what is about many."""
