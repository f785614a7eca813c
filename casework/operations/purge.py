"""What is kept no longer: which applications it is due on, and the stage that clears it away.

Numbers for reports stay: amounts, outcomes, days, bureaus, events. What an application says of
people goes, and so does what people wrote about it, to which its events refer. An application that
somebody still works on, or whose grant is within its accounting time, is never touched; whether
that is so is looked at again under the row's lock.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final, NamedTuple

import structlog
from sqlalchemy import Connection

from casework import events
from casework.events import NewEvent
from casework.intake import drafts
from casework.operations import expiry
from casework.work.run import ChunkResult, run_items
from config.settings import Settings
from store import ledger, predicates
from store.db import Database
from store.ledger import Item
from vocabulary.event_data import NOT_KEPT
from vocabulary.events import EventType
from vocabulary.parties import Actor
from vocabulary.personal_data import DataKind
from vocabulary.work import Stage

log = structlog.get_logger(__name__)

GROUP: Final = 1000
"""Applications looked at in one statement."""

_LAST_ACT: Final = (
    "(SELECT max(e.at) FROM event AS e WHERE e.application_id = a.id"
    " AND e.type NOT LIKE 'access.%%')"
)
_NEEDED: Final = f"""(
    {predicates.PENDING}
    OR EXISTS (SELECT FROM request AS q WHERE q.application_id = a.id AND q.state = 'open')
    OR EXISTS (SELECT FROM callback AS c WHERE c.application_id = a.id AND c.done_at IS NULL)
    OR EXISTS (SELECT FROM fulfilment AS f WHERE f.application_id = a.id AND f.objections > 0)
    OR EXISTS (SELECT FROM payment_line AS l WHERE l.application_id = a.id
        AND l.state = 'exported')
    OR EXISTS (SELECT FROM visit AS v WHERE v.id = a.visit_id
        AND v.state IN ('planned', 'scheduled', 'confirmed', 'reminded'))
    OR EXISTS (SELECT FROM delivery AS d WHERE d.application_id = a.id
        AND d.state IN ('pending', 'sending'))
    OR EXISTS (SELECT FROM work_item AS w WHERE w.subject_id = a.id
        AND w.stage IN ('assess', 'determine')))"""  # noqa: S608 -- constants
"""Whether somebody still works on an application `a`."""
_ERASURE_GRANTED: Final = (
    "EXISTS (SELECT FROM request AS q WHERE q.application_id = a.id"
    f" AND q.subject = 'deletion' AND q.erase_on <= {predicates.TODAY})"
)

_BESIDE: Final = (
    "EXISTS (SELECT FROM duplicate AS u JOIN application AS k ON k.id = u.kept_id"
    " WHERE u.application_id = a.id AND k.purged_at IS NULL)"
)
"""Whether it was closed as a duplicate of one that is kept still, beside which it is read."""

_TRIAL_IS_OVER: Final = "a.is_trial AND a.received_at < app_now() - interval '1 day'"


def _older(moment: str, days: str) -> str:
    return f"{moment} < app_now() - %({days})s * interval '1 day'"


_IS_DUE: Final[dict[DataKind, str]] = {
    DataKind.GRANTED: (
        f"(a.purged_at IS NULL AND {_older('a.received_at', 'keep_granted')}"
        f" AND {predicates.GRANT_IN_FORCE} AND NOT {_NEEDED}"
        f" AND {_older(_LAST_ACT, 'keep_granted')})"
    ),
    DataKind.CLOSED: (
        f"(a.purged_at IS NULL AND NOT {predicates.GRANT_IN_FORCE}"
        f" AND ({_older('a.received_at', 'keep_closed')} OR {_ERASURE_GRANTED})"
        f" AND NOT {_NEEDED}"
        f" AND ({_older(_LAST_ACT, 'keep_closed')} AND NOT {_BESIDE} OR {_ERASURE_GRANTED})"
        f" OR a.purged_at IS NULL AND {_TRIAL_IS_OVER})"
    ),
    DataKind.MESSAGES: (
        "EXISTS (SELECT FROM delivery AS d WHERE d.application_id = a.id"
        "  AND (d.address IS NOT NULL OR d.note IS NOT NULL)"
        f"  AND d.state IN ('sent', 'failed') AND {_older('d.created_at', 'keep_messages')})"
    ),
    DataKind.CODES: (
        "EXISTS (SELECT FROM contact_code AS k WHERE k.application_id = a.id"
        f"  AND {_older('k.expires_at', 'keep_codes')})"
    ),
}
_MATERIALS: Final = f"({_IS_DUE[DataKind.GRANTED]} OR {_IS_DUE[DataKind.CLOSED]})"

# What an application says of people, and what people wrote about it. A text that must not be NULL
# says that it was cleared.
_CLEAR: Final = """
UPDATE application AS a SET enterprise = a.enterprise - 'contact', facts = '{}',
    personal = NULL, confirmed_channels = '{}', identity_note = NULL, purged_at = app_now(),
    -- Of who has no organisation behind it, the name is a person's.
    name = CASE WHEN a.enterprise ->> 'kind' = 'individual_business' OR a.uscc IS NULL
        THEN %(gone)s ELSE a.name END, version = version + 1 WHERE a.id = ANY(%(ids)s);
UPDATE application AS a SET enterprise = a.enterprise - 'name'
    WHERE a.id = ANY(%(ids)s) AND a.name = %(gone)s;
-- A trial goes altogether: its code opens nothing any more, and nobody waits for it.
UPDATE application AS a SET enterprise = '{}', name = %(gone)s, uscc = NULL, access_hash = '',
    state = 'withdrawn' WHERE a.id = ANY(%(ids)s) AND a.is_trial;
-- Nobody is found any more by their telephone, nor by a name that was a person's.
DELETE FROM known_name AS k USING application AS a WHERE a.id = ANY(%(ids)s)
    AND (k.party = '#' || a.id AND (k.form LIKE '#%%' OR a.name = %(gone)s)
        OR k.party = a.uscc AND a.name = %(gone)s AND NOT EXISTS (SELECT FROM application AS o
            WHERE o.uscc = a.uscc AND o.name <> %(gone)s));
UPDATE assessment SET document = '{}' WHERE application_id = ANY(%(ids)s);
DELETE FROM event_text WHERE application_id = ANY(%(ids)s);
UPDATE supplement SET reason = %(gone)s, changes = NULL WHERE application_id = ANY(%(ids)s);
UPDATE determination SET reason = %(gone)s, decision_note = NULL, findings = '[]', basis = NULL
    WHERE application_id = ANY(%(ids)s);
UPDATE official_finding SET note = %(gone)s, evidence = NULL WHERE application_id = ANY(%(ids)s);
UPDATE review SET reason = %(gone)s, note = NULL WHERE application_id = ANY(%(ids)s);
UPDATE payment_account SET particulars = %(gone)s WHERE application_id = ANY(%(ids)s);
UPDATE payment_line SET note = NULL WHERE application_id = ANY(%(ids)s);
UPDATE objection SET address = NULL, words = %(gone)s,
    answer = CASE WHEN answer IS NOT NULL THEN %(gone)s END WHERE application_id = ANY(%(ids)s);
UPDATE rating SET comment = NULL WHERE application_id = ANY(%(ids)s);
UPDATE callback SET note = NULL WHERE application_id = ANY(%(ids)s);
UPDATE access_code SET note = NULL WHERE application_id = ANY(%(ids)s);
UPDATE request SET words = %(gone)s, answer = CASE WHEN answer IS NOT NULL THEN %(gone)s END
    WHERE application_id = ANY(%(ids)s);
-- A visit is about several applications: its note goes with the last.
UPDATE visit AS v SET note = NULL WHERE v.note IS NOT NULL
    AND (v.application_id = ANY(%(ids)s)
        OR v.id IN (SELECT visit_id FROM application WHERE id = ANY(%(ids)s)))
    AND NOT EXISTS (SELECT FROM application AS o WHERE o.visit_id = v.id AND o.purged_at IS NULL);
UPDATE delivery SET address = NULL, note = NULL WHERE application_id = ANY(%(ids)s);
DELETE FROM contact_code WHERE application_id = ANY(%(ids)s);
-- Their files are swept within the hour, where no other application of the enterprise has them.
DELETE FROM document WHERE application_id = ANY(%(ids)s);
DELETE FROM idempotency WHERE application_id = ANY(%(ids)s);
-- Their keys hold leases and the numbers of trainees.
UPDATE benefit_claim SET
    amount = CASE WHEN application_id = ANY(%(ids)s) THEN NULL ELSE amount END,
    claimed_at = CASE WHEN application_id = ANY(%(ids)s) THEN NULL ELSE claimed_at END,
    application_id = CASE WHEN application_id = ANY(%(ids)s) THEN NULL ELSE application_id END,
    concerned = ARRAY(SELECT c FROM unnest(concerned) AS u (c) WHERE c <> ALL(%(ids)s))
    WHERE application_id = ANY(%(ids)s) OR concerned && %(ids)s::bigint[];
DELETE FROM benefit_claim WHERE application_id IS NULL AND concerned = '{}'
"""


class Due(NamedTuple):
    """Of one kind of data: for how many days it is kept, on how many applications (or logins, or
    accounts) it is due."""

    kind: DataKind
    days: int
    rows: int


def due(db: Database, settings: Settings) -> list[Due]:
    """How much of each kind would be cleared now. Changes nothing."""
    counts = dict.fromkeys(_IS_DUE, 0)
    for ids, values in _groups(db, settings):
        parts = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in _IS_DUE.values())
        with db.statement() as conn:
            row = conn.exec_driver_sql(
                f"SELECT {parts} FROM application AS a WHERE a.id = ANY(%(ids)s)",  # noqa: S608 -- constants
                {**values, "ids": ids},
            ).one()
        for kind, count in zip(_IS_DUE, row, strict=True):
            counts[kind] += count
    counts |= expiry.due(db, settings) | {DataKind.DRAFTS: drafts.due(db, settings)}
    return [Due(kind, settings.practice.kept(kind), count) for kind, count in counts.items()]


def file(db: Database, settings: Settings) -> int:
    """Put what is due into the ledger, unless it is there. Returns how many applications.

    Each group is committed by itself: whoever is interrupted begins again and files the rest.
    """
    filed = 0
    any_of = " OR ".join(_IS_DUE.values())
    for ids, values in _groups(db, settings):
        with db.transaction() as conn:
            found = conn.exec_driver_sql(
                f"SELECT a.id FROM application AS a WHERE a.id = ANY(%(ids)s) AND ({any_of})"  # noqa: S608
                " AND NOT EXISTS (SELECT FROM work_item AS w WHERE w.stage = 'purge'"
                "  AND w.subject_id = a.id)",
                {**values, "ids": ids},
            ).scalars()
            subjects = [(each, None) for each in found]
            ledger.add(conn, Stage.PURGE, subjects)
        filed += len(subjects)
    return filed


def waiting(db: Database) -> int:
    """How many applications wait for being cleared."""
    with db.statement() as conn:
        count: int = conn.exec_driver_sql(
            "SELECT count(*) FROM work_item WHERE stage = 'purge' AND dead_at IS NULL"
        ).scalar_one()
    return count


def run(
    db: Database, settings: Settings, item_ids: Sequence[int], *, careful: bool = False
) -> ChunkResult:
    """Clear what is due of these applications. Raises RetryableError if the database went away."""
    return run_items(
        db, settings, Stage.PURGE, item_ids, partial(_purge, settings), careful=careful
    )


def _purge(settings: Settings, conn: Connection, items: list[Item]) -> dict[int, Exception]:
    values: dict[str, object] = {**_values(settings), "gone": NOT_KEPT}
    ids = sorted({item.subject_id for item in items})
    conn.exec_driver_sql(
        "SELECT id FROM application WHERE id = ANY(%(ids)s) ORDER BY id FOR NO KEY UPDATE",
        {"ids": ids},
    )
    ended = list(
        conn.exec_driver_sql(
            f"SELECT a.id FROM application AS a WHERE a.id = ANY(%(ids)s) AND {_MATERIALS}",  # noqa: S608
            {**values, "ids": ids},
        ).scalars()
    )
    if ended:
        for statement in _CLEAR.split(";"):
            conn.exec_driver_sql(statement, {"ids": ended, "gone": NOT_KEPT})
        made = [NewEvent(EventType.APPLICATION_PURGED, Actor.SYSTEM, each) for each in ended]
        events.write(conn, made)
    conn.exec_driver_sql(
        "UPDATE delivery AS d SET address = NULL, note = NULL WHERE d.application_id = ANY(%(ids)s)"  # noqa: S608
        f" AND d.state IN ('sent', 'failed') AND {_older('d.created_at', 'keep_messages')}",
        {**values, "ids": ids},
    )
    conn.exec_driver_sql(
        "DELETE FROM contact_code AS k WHERE k.application_id = ANY(%(ids)s)"  # noqa: S608
        f" AND {_older('k.expires_at', 'keep_codes')}",
        {**values, "ids": ids},
    )
    log.info("applications.purged", count=len(ended), looked_at=len(ids))
    return {}


def _values(settings: Settings) -> dict[str, object]:
    return {f"keep_{kind}": settings.practice.kept(kind) for kind in _IS_DUE}


def _groups(db: Database, settings: Settings) -> Iterator[tuple[list[int], dict[str, object]]]:
    """Every application there is, by and by, with the values that the conditions name."""
    last, values = 0, _values(settings)
    while True:
        with db.statement() as conn:
            ids = list(
                conn.exec_driver_sql(
                    "SELECT id FROM application WHERE id > %(last)s ORDER BY id LIMIT %(most)s",
                    {"last": last, "most": GROUP},
                ).scalars()
            )
        if not ids:
            return
        last = ids[-1]
        yield ids, values
