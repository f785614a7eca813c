"""Determining without a person (自动认定): local practice, off unless a deployment sets a limit.

Only what is small, of an enterprise that was vouched for, with nothing open and no other claim in
sight, and never twice in a case: what a person or a review has touched stays with people. It takes
the locks of a person's determination, in their order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Final

import structlog
from sqlalchemy import Connection

from casework.acts import determination
from casework.acts.determination import Determination
from casework.decision import overlaps
from casework.docket import desk, second_person, terms
from casework.docket.desk import Case
from casework.docket.finders import decider, waiting
from casework.docket.ruling import Ruling
from casework.notices import editions
from casework.work.run import ChunkResult, run_items
from config.settings import Settings
from rules.model import Assessment
from store.db import Database
from store.ledger import Item
from vocabulary.cases import Act, DeterminationState, State
from vocabulary.event_data import amount_text
from vocabulary.identity import IdentityLevel
from vocabulary.outcomes import Outcome, Standing
from vocabulary.parties import Actor
from vocabulary.work import Stage

log = structlog.get_logger(__name__)

# What a system found counts as open until a person has found the same; and whoever had an access
# code in hand could have said for the applicant what is determined.
_TOUCHED: Final = f"""
SELECT EXISTS (SELECT FROM determination WHERE application_id = %(id)s)
    OR EXISTS ({second_person.CODE_ISSUERS.format(application="%(id)s")})
    OR EXISTS (SELECT FROM review WHERE application_id = %(id)s)
    OR EXISTS (SELECT FROM official_finding AS f WHERE f.application_id = %(id)s AND f.by_system
        AND NOT EXISTS (SELECT FROM official_finding AS p WHERE p.application_id = %(id)s
            AND p.id > f.id AND NOT p.by_system AND p.condition = f.condition
            AND p.item IS NOT DISTINCT FROM f.item))
"""  # noqa: S608 -- constants


def run(
    db: Database, settings: Settings, item_ids: Sequence[int], *, careful: bool = False
) -> ChunkResult:
    """Determine the cases of these work items where they still qualify; the others wait for a
    person as before.

    Takes ids of items of stage "determine". `careful`: see `casework.work.run`. Raises
    RetryableError if the database went away.
    """
    handler = partial(_determine_each, settings)
    return run_items(db, settings, Stage.DETERMINE, item_ids, handler, careful=careful)


def _determine_each(
    settings: Settings, conn: Connection, items: list[Item]
) -> dict[int, Exception]:
    automatic = settings.practice.automatic_yuan
    if automatic is None:  # switched off since
        return {}
    # Each may have been changed by itself since: one at the desk, one where it is deployed.
    limit, name = min(
        (automatic, "automatic_yuan"),
        (settings.determination_approval_yuan, "determination_approval_yuan"),
    )
    for each in items:
        case = desk.open_unseen(conn, each.subject_id)
        if case is not None and _may_be(conn, case, limit):
            _determine(conn, settings, case, limit, name)
    return {}


def _may_be(conn: Connection, case: Case, limit: Decimal) -> bool:
    """Whether a case may be determined without a person, as far as it shows by itself."""
    return (
        case.state is State.AWAITING_DETERMINATION
        and case.outcome is Outcome.ELIGIBLE
        and case.identity is IdentityLevel.ASSURED
        and case.amount is not None
        and Decimal(0) < case.amount <= limit
        and not conn.exec_driver_sql(_TOUCHED, {"id": case.id}).scalar_one()
    )


def _determine(conn: Connection, settings: Settings, case: Case, limit: Decimal, name: str) -> None:
    notice = editions.edition(case.notice_id).notice
    bureau = decider(notice, case.provision, case.lead_bureau, case.copied_bureaus)
    if bureau is None:
        return
    begun = terms.since(settings.practice, name, case.today)
    since = f"（{begun}）" if begun else ""
    wanted = Determination(
        ruling=Ruling(granted=True, amount=case.amount),
        reason=(
            f"本地做法：自动认定，金额不超过{amount_text(limit)}{since}。申报单位已实名认证，没有待认定的"
            "条件，也没有其他申请涉及同一款项。这不是通知的规定；对结果有异议的，可以申请复核。"
        ),
        findings=[],
        bureau=bureau,
        proposed_by=Actor.SYSTEM,
        from_state=case.state,
    )
    # Undone where the locks show that it does not qualify.
    claims = conn.begin_nested()
    reckoned = determination.reckon(conn, case, wanted)
    assessment = reckoned.only
    amount = assessment.amount
    if not (
        amount is not None
        and amount == case.amount
        and _is_settled(assessment)
        and not _meets_others(conn, case)
        and amount + second_person.granted_besides(conn, case) <= limit
    ):
        claims.rollback()
        return
    claims.commit()
    made = replace(wanted, ruling=Ruling(True, amount, amount))
    desk.check(case, Act.DETERMINE)
    determination.insert(conn, case, made, DeterminationState.IN_FORCE)
    determination.bring_into_force(conn, settings, case, made, Actor.SYSTEM, reckoned, up_to=limit)
    log.info("determination.automatic", receipt=case.receipt)


def _is_settled(assessment: Assessment) -> bool:
    """Whether nothing is left to find, and no yuan is held back or rests on an open question."""
    return (
        assessment.outcome is Outcome.ELIGIBLE
        and not assessment.missing
        and not waiting(assessment.document())
        and not any(
            line.standing in (Standing.HELD, Standing.TAKEN) or line.question
            for line in assessment.lines
        )
    )


def _meets_others(conn: Connection, case: Case) -> bool:
    """Whether another application asks for the same yuan, or may, or was paid it."""
    own = overlaps.parties(conn, [case.id]).get(case.id)
    if own is None or overlaps.met_by(conn, own):
        return True
    return bool(overlaps.paid_before(conn, own.keys.claims, case.id))
