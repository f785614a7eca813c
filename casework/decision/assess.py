"""Assessing applications: reckon what the rules say, then put it down. By the chunk."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Connection

from casework.decision import benefits, caps, headroom, overlaps, recording, set_aside
from casework.decision.benefits import Met
from casework.decision.candidate import Draft, draft
from casework.decision.loading import Supposed, load
from casework.decision.recording import Assessed
from casework.docket import states
from casework.notices import editions
from casework.notices.editions import Edition
from casework.work.run import ChunkResult, run_items
from config.settings import Settings
from rules.model import Assessment
from rules.routing import route
from store import ledger, predicates
from store.db import Database
from store.ledger import Item
from vocabulary.cases import State
from vocabulary.work import Stage

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What assessing came to, before anything of it is put down: the applications are locked,
    what is granted holds its benefits and caps. `met`: whom they met under their keys; `failed`:
    application id -> why it could not be assessed; `now`: business time, None where there is no
    application at all; `new_editions`: to be stored before assessments refer to them."""

    assessed: Sequence[Assessed]
    met: Met
    failed: Mapping[int, Exception]
    now: datetime | None
    new_editions: Sequence[Edition]

    @property
    def only(self) -> Assessment:
        """The assessment where one application was reckoned."""
        (one,) = self.assessed
        return one.assessment


def run(
    db: Database, settings: Settings, item_ids: Sequence[int], *, careful: bool = False
) -> ChunkResult:
    """Assess the applications of these work items; everything commits in one transaction.

    Takes ids of items of stage "assess"; those gone or held by another worker are passed over, so
    a doubled message has no second effect. `careful`: see `casework.work.run`. Raises
    RetryableError if the database went away.
    """
    handler = partial(_assess, settings)
    return run_items(db, settings, Stage.ASSESS, item_ids, handler, careful=careful)


def _assess(settings: Settings, conn: Connection, items: list[Item]) -> dict[int, Exception]:
    reckoned = reckon(conn, list(dict.fromkeys(item.subject_id for item in items)))
    put_down(conn, settings, reckoned)
    failed = reckoned.failed
    return {item.id: failed[item.subject_id] for item in items if item.subject_id in failed}


def reckon(
    conn: Connection, ids: Sequence[int], supposed: Mapping[int, Supposed] | None = None
) -> Reckoned:
    """Lock applications, assess each by its own notice, hold the benefits and caps of grants.

    Takes per application a person's determination to be taken for one in force. Nothing is written
    but what concerns keys and caps.
    """
    loaded = load(conn, ids, supposed or {})
    failed = loaded.failed
    drafts: list[Draft] = []
    for candidate in loaded.candidates:
        try:
            drafts.append(draft(candidate))
        except Exception as error:  # noqa: BLE001 -- one bad case must not stop its neighbours
            failed[candidate.application_id] = error
    # A trial meets nobody and draws on nothing.
    real = [each for each in drafts if not each.candidate.was.is_trial]
    met = benefits.meet(conn, real)
    caps.claim(conn, real)
    return Reckoned(
        assessed=[_assessed(each) for each in drafts],
        met=met,
        failed=failed,
        now=loaded.now,
        new_editions=loaded.new_editions,
    )


def reckon_one(conn: Connection, application_id: int, supposed: Supposed) -> Reckoned:
    """Reckon one application as if a person's determination were in force.

    Raises what its assessment raises; the caller's transaction is then to be rolled back.
    """
    reckoned = reckon(conn, [application_id], {application_id: supposed})
    for error in reckoned.failed.values():
        raise error
    return reckoned


def put_down(conn: Connection, settings: Settings, reckoned: Reckoned) -> None:
    """Write down what was reckoned in the same transaction, and tell those concerned."""
    assessed = reckoned.assessed
    for edition in reckoned.new_editions:
        editions.remember(conn, edition)
    if reckoned.now is not None:
        recording.write(conn, settings, assessed, reckoned.now)
        headroom.tell(conn, settings, assessed, reckoned.now)
        set_aside.write(conn, settings, assessed, reckoned.now)
        overlaps.tell(conn, settings, reckoned.met, reckoned.now)
    if reckoned.met.anew:
        _assess_anew(conn, settings, reckoned.met.anew)
    # Each application's own record of it is its event; a line per chunk names the ends of it.
    log.info(
        "applications.assessed",
        count=len(assessed),
        first=assessed[0].receipt if assessed else None,
        last=assessed[-1].receipt if assessed else None,
        failed=len(reckoned.failed),
    )


def _assess_anew(conn: Connection, settings: Settings, ids: Collection[int]) -> None:
    """Assess those whom a grant concerns: another grant at once, so that no yuan is granted twice
    for a moment, unless somebody has it in hand; whatever only waits, in a moment."""
    grants = conn.exec_driver_sql(
        f"SELECT a.id FROM application AS a WHERE a.id = ANY(%(ids)s)"  # noqa: S608 -- a constant
        f" AND {predicates.GRANT_IN_FORCE} ORDER BY a.id FOR NO KEY UPDATE SKIP LOCKED",
        {"ids": sorted(ids)},
    )
    at_once = list(grants.scalars())
    if at_once:
        put_down(conn, settings, reckon(conn, at_once))
    later = sorted(set(ids).difference(at_once))
    ledger.add(conn, Stage.ASSESS, [(each, None) for each in later])


def _assessed(final: Draft) -> Assessed:
    candidate, assessment = final.candidate, final.assessment
    was, notice = candidate.was, candidate.edition.notice
    state, aside = was.state, final.set_aside
    if aside is not None:
        candidate, state = candidate._replace(ruling=None), State.AWAITING_DETERMINATION
    return Assessed(
        candidate=candidate,
        assessment=assessment,
        state=states.move(state, assessment.outcome, supplement_open=was.supplement_open),
        set_aside=aside,
        route=route(candidate.provision, final.case, notice),
        above=notice.decided_above(candidate.provision),
    )
