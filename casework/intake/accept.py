"""Accepting an application (受理): stored, on record and queued for assessment, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError

from casework.database import UNAVAILABLE
from casework.errors import IdempotencyInFlight, ProvisionNotOffered
from casework.intake import receipt_numbers, replays
from casework.intake.identity import Identity
from casework.intake.replays import Replay
from casework.notices import editions
from casework.personal import credentials, parts
from config.settings import Settings
from schemas.application import Submission
from store.db import Database
from store.encoding import to_json
from store.predicates import TODAY
from vocabulary.deliveries import Channel
from vocabulary.events import EventType
from vocabulary.identity import IdentityMeans
from vocabulary.parties import Actor
from vocabulary.work import Stage
from vocabulary.zone import CHINA

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The answer to an applicant. `replayed`: an earlier request had already been accepted."""

    receipt: str
    access_code: str
    received_at: datetime
    replayed: bool


@dataclass(frozen=True, slots=True)
class Insertion:
    """Everything one application's insertion needs, computed before the database is asked.

    `personal`: which of its facts are stored encrypted.
    """

    submission: Submission
    notice_id: str
    personal: Collection[str]
    source: str
    access_code: str
    access_hash: bytes
    replay: Replay | None
    data: str  # of the event, JSON
    identity: Identity

    @property
    def key_hash(self) -> bytes | None:
        """What is stored of its idempotency key, if it has one."""
        return None if self.replay is None else self.replay.key_hash


@dataclass(frozen=True, slots=True)
class Filed:
    """What became of one insertion in `file`. `receipt` is None while its key is held elsewhere.

    Where its key was used before: what was kept of that body, the sealed access code unless it is
    too old, and what the access code of the application hashes to now.
    """

    receipt: str | None
    received_at: datetime | None
    earlier_body: bytes | None
    sealed_code: bytes | None = None
    access_hash: bytes | None = None


def accept(
    db: Database,
    settings: Settings,
    submission: Submission,
    *,
    identity: Identity,
    idempotency_key: str | None = None,
    source: str = "form",
    request_id: str | None = None,
    filing: Callable[[Insertion], Filed] | None = None,
) -> Accepted:
    """Accept one well-formed application in one statement; on return it is committed.

    Takes the normalised submission; who files, as far as it is known; the client's idempotency
    key, if any; how it came in ("form", "batch", "import"); the request's id, kept with the event
    so that logs can be joined; what files the insertion (`casework.intake.group_commit`; without,
    on its own).
    Raises ProvisionNotOffered, IdempotencyConflict (key used with another body), AccessCodeGone
    (with the same), IdempotencyKeyUsed (a guessable one), IdempotencyInFlight (a request with the
    key is being processed), Overloaded (of `filing`).
    """
    insertion = prepare(
        settings,
        submission,
        identity=identity,
        idempotency_key=idempotency_key,
        source=source,
        request_id=request_id,
    )
    return answer(insertion, filing(insertion) if filing else file_alone(db, insertion))


def prepare(
    settings: Settings,
    submission: Submission,
    *,
    identity: Identity,
    idempotency_key: str | None,
    source: str,
    request_id: str | None,
) -> Insertion:
    """Compute codes and hashes of one application; no I/O. Raises ProvisionNotOffered."""
    edition = editions.edition(submission.notice or settings.notice_id)
    notice = edition.notice
    if submission.provision not in notice.provisions:
        raise ProvisionNotOffered
    secret = settings.require_secret_key()
    code = credentials.random_access_code()
    return Insertion(
        submission=submission,
        notice_id=notice.id,
        personal=edition.forms.personal[submission.provision],
        source=source,
        access_code=code,
        access_hash=credentials.access_hash(secret, code),
        replay=None
        if idempotency_key is None
        else replays.made(
            secret,
            replays.Sender.of(
                submission.enterprise, source, identity.client, is_trial=identity.is_trial
            ),
            idempotency_key,
            submission.canonical(),
            code,
        ),
        data=to_json(_event_data(request_id, identity)),
        identity=identity,
    )


def _event_data(request_id: str | None, identity: Identity) -> dict[str, str]:
    data: dict[str, str] = {"identity": identity.level}
    if identity.how is not None:
        data["how"] = identity.how
    if identity.by is not None:
        data["filed_by"] = identity.by
    if request_id:
        data["request_id"] = request_id
    return data


# One statement, so one round trip and one fsync, for any number of insertions. Those whose key is
# known already (`prior`) or being used by another session at this moment (not `granted`) are left
# out; a key that was committed after this statement's snapshot fails on idempotency's primary key.
# A login says which enterprise it is, and nothing of the addresses it types: those are confirmed.
# Nobody is written to of a trial.
# The arrays travel in binary (%b): escaping JSON inside an array literal costs five times as much.
# Lists of JSON travel in binary (%b): escaping every quotation mark as text costs more than the
# rest of the insert. A bare app_now() would be evaluated for every row, in a subselect it is once.
_FILE = f"""
WITH insertion AS MATERIALIZED (
    SELECT u.*,
        receipt_for(number, (SELECT {TODAY})) AS receipt,
        key_hash IS NULL OR pg_try_advisory_xact_lock(
            ('x' || encode(substr(key_hash, 1, 8), 'hex'))::bit(64)::bigint) AS granted
    FROM unnest(
        %(provisions)b::text[], %(notices)b::text[], %(usccs)b::text[], %(names)b::text[],
        %(enterprises)b::text[], %(facts)b::text[], %(personal)b::bytea[],
        %(numbers)b::bigint[], %(access_hashes)b::bytea[],
        %(sources)b::text[], %(body_hashes)b::bytea[], %(key_hashes)b::bytea[],
        %(sealed_codes)b::bytea[], %(data)b::text[], %(levels)b::text[], %(hows)b::text[],
        %(clients)b::bigint[], %(trials)b::bool[]
    ) WITH ORDINALITY AS u (
        provision, notice_id, uscc, name, enterprise, facts, personal, number, access_hash,
        source, body_hash, key_hash, sealed_code, data, identity, identity_how, client,
        is_trial, place)
), prior AS (
    SELECT d.place, i.body_hash, a.receipt, a.received_at, a.access_hash,
        CASE WHEN i.created_at > (SELECT app_now()) - interval '{replays.SHOWN_HOURS} hours'
            THEN i.sealed_code END AS sealed_code
    FROM insertion AS d
    JOIN idempotency AS i ON i.key_hash = d.key_hash
    JOIN application AS a ON a.id = i.application_id
), fresh AS (
    SELECT * FROM insertion
    WHERE granted AND NOT EXISTS (SELECT FROM prior WHERE prior.place = insertion.place)
), created AS (
    INSERT INTO application (receipt, notice_id, provision, uscc, name, enterprise, facts,
        personal, access_hash, source, received_at, identity, identity_how, identity_at,
        confirmed_channels, client, is_trial)
    SELECT receipt, notice_id, provision, uscc, name, enterprise::jsonb, facts::jsonb,
        personal, access_hash, source, (SELECT app_now()), identity, identity_how,
        CASE WHEN identity_how IS NOT NULL THEN (SELECT app_now()) END,
        CASE WHEN is_trial OR identity_how IS NULL OR identity_how = '{IdentityMeans.LOGIN}'
            THEN '{{}}'
            ELSE '{{{Channel.SMS},{Channel.EMAIL}}}' END
            ::text[],
        client, is_trial
    FROM fresh ORDER BY place
    RETURNING id, receipt, received_at
), recorded AS (
    INSERT INTO event (application_id, type, actor, to_state, data, at)
    SELECT c.id, '{EventType.APPLICATION_RECEIVED}', '{Actor.APPLICANT}', 'received', f.data::jsonb,
        c.received_at
    FROM created AS c JOIN fresh AS f USING (receipt)
), queued AS (
    INSERT INTO work_item (stage, subject_id, not_before, created_at)
    SELECT '{Stage.ASSESS}', id, received_at, received_at FROM created
), remembered AS (
    INSERT INTO idempotency (key_hash, body_hash, sealed_code, is_keyed, application_id, created_at)
    SELECT f.key_hash, f.body_hash, f.sealed_code, true, c.id, c.received_at
    FROM created AS c JOIN fresh AS f USING (receipt) WHERE f.key_hash IS NOT NULL
)
SELECT coalesce(c.receipt, p.receipt), coalesce(c.received_at, p.received_at), p.body_hash,
    p.sealed_code, p.access_hash
FROM insertion AS d
LEFT JOIN created AS c ON c.receipt = d.receipt
LEFT JOIN prior AS p ON p.place = d.place
ORDER BY d.place
"""  # noqa: S608 -- words of ours


def file(conn: Connection, insertions: Sequence[Insertion]) -> list[Filed]:
    """Insert them in one statement, in order; no two may share an idempotency key.

    Raises IntegrityError, and then nothing was inserted, if a key was committed meanwhile.
    """
    submissions = [insertion.submission for insertion in insertions]
    replays_of = [insertion.replay for insertion in insertions]
    numbers = receipt_numbers.take(conn, len(insertions))
    stored = [
        parts.take_out(
            insertion.submission.enterprise,
            insertion.submission.facts,
            insertion.personal,
            row=number,
        )
        for insertion, number in zip(insertions, numbers, strict=True)
    ]
    rows = conn.exec_driver_sql(
        _FILE,
        {
            "provisions": [part.provision for part in submissions],
            "notices": [insertion.notice_id for insertion in insertions],
            "usccs": [part.enterprise.get("uscc") for part in submissions],
            "names": [part.enterprise["name"] for part in submissions],
            "enterprises": [to_json(each.enterprise) for each in stored],
            "facts": [to_json(each.facts) for each in stored],
            "personal": [each.personal for each in stored],
            "numbers": numbers,
            "access_hashes": [insertion.access_hash for insertion in insertions],
            "sources": [insertion.source for insertion in insertions],
            "body_hashes": [one.body_hash if one else None for one in replays_of],
            "key_hashes": [one.key_hash if one else None for one in replays_of],
            "sealed_codes": [one.sealed_code if one else None for one in replays_of],
            "data": [insertion.data for insertion in insertions],
            "levels": [insertion.identity.level for insertion in insertions],
            "hows": [insertion.identity.how for insertion in insertions],
            "clients": [insertion.identity.client for insertion in insertions],
            "trials": [insertion.identity.is_trial for insertion in insertions],
        },
    )
    return [Filed(*row) for row in rows]


def file_alone(db: Database, insertion: Insertion) -> Filed:
    """File one insertion; on return it is committed. Raises what the database raises."""
    try:
        with db.statement() as conn:
            return file(conn, [insertion])[0]
    except IntegrityError:
        if insertion.key_hash is None:
            raise
        # The key's first request committed after our statement had looked: now it is visible.
        with db.statement() as conn:
            return file(conn, [insertion])[0]


def file_group(db: Database, insertions: Sequence[Insertion]) -> list[Filed | Exception]:
    """File insertions in one statement; on return they are committed, or each has its own error.

    No two may share an idempotency key. What spoils the group is found by filing each one alone;
    once the database is away, all that are left get that error.
    """
    if len(insertions) > 1:
        try:
            with db.statement() as conn:
                return list(file(conn, insertions))
        except UNAVAILABLE as error:
            return [error] * len(insertions)
        except DBAPIError as error:
            log.warning("application.group_refiled", insertions=len(insertions), exc_info=error)
    outcomes: list[Filed | Exception] = []
    for insertion in insertions:
        try:
            outcomes.append(file_alone(db, insertion))
        except UNAVAILABLE as error:
            return outcomes + [error] * (len(insertions) - len(outcomes))
        except DBAPIError as error:
            outcomes.append(error)
    return outcomes


def answer(insertion: Insertion, filed: Filed) -> Accepted:
    """What to tell the applicant.

    Raises IdempotencyConflict, IdempotencyInFlight, IdempotencyKeyUsed, AccessCodeGone.
    """
    code, replayed = insertion.access_code, False
    if filed.earlier_body is not None and insertion.replay is not None:
        earlier = replays.Earlier(
            str(filed.receipt), filed.earlier_body, filed.sealed_code, filed.access_hash
        )
        code, replayed = replays.shown_again(insertion.replay, earlier), True
    if filed.receipt is None or filed.received_at is None:
        raise IdempotencyInFlight
    return Accepted(
        receipt=filed.receipt,
        access_code=code,
        received_at=filed.received_at.astimezone(CHINA),
        replayed=replayed,
    )
