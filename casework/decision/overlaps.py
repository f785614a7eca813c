"""Applications that meet: two that ask for the same yuan, or whose amounts depend on each other.

Who may tell what of it to whom is the reader's matter (`casework.views.overlaps`): this says only
what meets. An application meets others while it may come to something: not once it is refused,
withdrawn or closed as a duplicate.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row

from casework import events
from casework.decision.benefits import Met
from casework.events import NewEvent
from casework.notices import editions
from casework.outbox import deliveries
from config.notices import NoticeDataError
from config.settings import Settings
from rules.model import Case, Overlap, Share
from store import predicates
from store.money import SETTLED, WITH_BANK
from vocabulary.cases import State
from vocabulary.events import EventType
from vocabulary.outcomes import Standing
from vocabulary.overlaps import Meets
from vocabulary.parties import Actor
from vocabulary.zone import CHINA

_READ = f"""
SELECT a.id, a.receipt, a.notice_id, a.provision, a.enterprise, a.facts,
    a.received_at, a.uscc, a.state, a.lead_bureau, a.copied_bureaus,
    {predicates.VERIFIED} AS verified, {predicates.ASSURED} AS assured,
    {predicates.GRANT_IN_FORCE} AS granted, s.document
FROM application AS a JOIN assessment AS s ON s.application_id = a.id AND s.in_force
WHERE a.id = ANY(%(ids)s::bigint[]) AND a.state NOT IN {predicates.OVER}
    AND a.outcome IN ('eligible', 'needs_determination')
ORDER BY a.id
"""  # noqa: S608 -- constants

_PAID: Final = f"""
SELECT f.receipt FROM (SELECT a.id AS application_id, a.receipt FROM application AS a
    WHERE a.id IN (SELECT id FROM benefit_claim, unnest(concerned) AS c (id)
        WHERE key = ANY(%(keys)s) AND id <> %(id)s)
    AND EXISTS (SELECT FROM fulfilment AS x WHERE x.application_id = a.id AND x.way = 'payment')
    AND NOT {predicates.GRANT_IN_FORCE}) AS f
WHERE {SETTLED} > 0 OR {WITH_BANK} ORDER BY 1
"""  # noqa: S608 -- constants


class Amount(NamedTuple):
    """One line of arithmetic of an application: its benefit key, its label, exact yuan."""

    key: str | None
    label: str
    yuan: Fraction


@dataclass(frozen=True, slots=True)
class Party:
    """An application as another one meets it. `keys`: by which; `lines`: what it asks for;
    `is_verified`: whether it is known who filed it; `is_assured`: that it was the enterprise
    itself; `is_granted`: whether a grant is in force."""

    id: int
    receipt: str
    notice_id: str
    provision: str
    uscc: str | None
    state: State
    bureaus: tuple[str, ...]
    is_verified: bool
    is_assured: bool
    is_granted: bool
    keys: Overlap
    lines: tuple[Amount, ...]

    def lines_of(self, keys: Collection[str]) -> tuple[Amount, ...]:
        """The lines under these keys; all of them where none stands under one."""
        return tuple(line for line in self.lines if line.key in keys) or self.lines


class Meeting(NamedTuple):
    """How two applications meet, and under which keys."""

    how: Meets
    keys: frozenset[str]


def meeting(one: Party, other: Party) -> Meeting | None:
    """What two applications have in common; None where they have nothing."""
    a, b = one.keys, other.keys
    for how, keys in (
        (Meets.SAME, {*a.claims} & {*b.claims}),
        (Meets.BASE, {*a.claims} & {*b.rests_on} | {*a.rests_on} & {*b.claims}),
        (Meets.SHARED, shared(a.shares, b.shares)),
        (Meets.RESEMBLES, {*a.resembles} & {*b.resembles}),
    ):
        if keys:
            return Meeting(how, frozenset(keys))
    return None


def shared(ours: Sequence[Share], theirs: Sequence[Share]) -> set[str]:
    """Keys of the leases that both name, each with another tenant."""
    named = {(one.key, each) for one in theirs for each in one.who}
    keys = {one.key for one in theirs}
    return {
        one.key
        for one in ours
        if one.key in keys and not any((one.key, each) in named for each in one.who)
    }


def parties(conn: Connection, ids: Collection[int]) -> dict[int, Party]:
    """Those of the applications that may come to something, by id."""
    if not ids:
        return {}
    rows = conn.exec_driver_sql(_READ, {"ids": sorted(ids)})
    return {row.id: _party(row) for row in rows}


def met_by(conn: Connection, party: Party) -> list[tuple[Party, Meeting]]:
    """Whom an application meets, and how; in order of receipt."""
    others = parties(conn, concerned(conn, party.keys.keys, party.id)).values()
    return [(other, found) for other in others if (found := meeting(party, other))]


def meeting_others(conn: Connection, ids: Collection[int]) -> set[int]:
    """Which of these applications meet any other one; all of them are asked together."""
    own = parties(conn, ids)
    keys = {key for party in own.values() for key in party.keys.keys}
    if not keys:
        return set()
    rows = conn.exec_driver_sql(
        "SELECT key, concerned FROM benefit_claim WHERE key = ANY(%(keys)s)"
        " AND cardinality(concerned) > 1",
        {"keys": sorted(keys)},
    )
    under: dict[str, list[int]] = {row.key: row.concerned for row in rows}
    others = {each for found in under.values() for each in found} - own.keys()
    every = {**own, **parties(conn, others)}
    return {
        party.id
        for party in own.values()
        if any(
            other in every and meeting(party, every[other])
            for key in party.keys.keys
            for other in under.get(key, ())
            if other != party.id
        )
    }


def concerned(conn: Connection, keys: Sequence[str], application_id: int) -> Sequence[int]:
    """Which other applications stand under any of these keys."""
    ids = conn.exec_driver_sql(
        "SELECT DISTINCT id FROM benefit_claim, unnest(concerned) AS c (id)"
        " WHERE key = ANY(%(keys)s) AND id <> %(id)s",
        {"keys": list(keys), "id": application_id},
    ).scalars()
    return ids.all()


def granted_on(conn: Connection, shares: Sequence[Share], application_id: int) -> tuple[str, ...]:
    """Receipts of the grants in force to other tenants on one of an application's leases.

    Takes the leases as it has just been reckoned with them: nobody else is granted anything on one
    of them before the transaction ends.
    """
    if not shares:
        return ()
    others = parties(conn, concerned(conn, [share.key for share in shares], application_id))
    return tuple(
        other.receipt
        for other in others.values()
        if other.is_granted and shared(shares, other.keys.shares)
    )


def paid_before(conn: Connection, claims: Sequence[str], application_id: int) -> Sequence[str]:
    """Receipts of the other applications that were paid for any of these benefits by a grant that
    is in force no more, since a review has reopened them or they were withdrawn, and whose money
    has not come back. Takes the benefits as they have just been reckoned with."""
    if not claims:
        return ()
    return conn.exec_driver_sql(_PAID, {"keys": list(claims), "id": application_id}).scalars().all()


def tell_once_known(conn: Connection, settings: Settings, application_id: int) -> None:
    """Tell the bureaus of an application, and of those it meets, now that it is known who filed it.

    Nobody was told while it was not. Takes a locked application.
    """
    own = parties(conn, [application_id]).get(application_id)
    if own is None:
        return
    # Of two that become known in the same moment, the second to come sees the first.
    conn.exec_driver_sql(
        "SELECT FROM benefit_claim WHERE key = ANY(%(keys)s) ORDER BY key FOR NO KEY UPDATE",
        {"keys": list(own.keys.keys)},
    )
    others = {other.id for other, _ in met_by(conn, own)}
    newly = {own.id: others, **{each: {own.id} for each in others}} if others else {}
    tell(conn, settings, Met(newly, {}, set()))


def tell(conn: Connection, settings: Settings, met: Met, now: datetime | None = None) -> None:
    """Tell the bureaus of applications that meet: for the first time, or as one is granted.

    Only of those of whom it is known who filed them.
    """
    if not met.newly and not met.granted:
        return
    ids = {*met.newly, *met.granted}
    ids = ids.union(*met.newly.values(), *met.granted.values())
    known = {id_: each for id_, each in parties(conn, ids).items() if each.is_verified}
    made: list[tuple[Party, EventType, dict[str, object]]] = []
    for id_, others in met.newly.items():
        if found := _found(known, id_, others):
            how = min(found, key=list(Meets).index)
            made.append((known[id_], EventType.OVERLAP_FOUND, {"meets": how.value}))
    for id_, others in met.granted.items():
        if found := _found(known, id_, others):
            made.append((known[id_], EventType.OVERLAP_SETTLED, {"count": len(found)}))
    written = [NewEvent(kind, Actor.SYSTEM, party.id, data) for party, kind, data in made]
    told = [
        (kind, event_id, party.id, bureau)
        for event_id, (party, kind, _) in zip(events.write(conn, written, now), made, strict=True)
        for bureau in party.bureaus
    ]
    deliveries.write(conn, deliveries.to_bureaus(settings, told), fresh=True)


def _found(known: Mapping[int, Party], id_: int, others: Collection[int]) -> list[Meets]:
    if id_ not in known:
        return []
    met = (meeting(known[id_], known[other]) for other in others if other in known)
    return [each.how for each in met if each]


def _party(row: Row[Any]) -> Party:
    lines = tuple(
        Amount(line.get("key"), line["label"], Fraction(line["amount"]))
        for line in row.document["lines"]
        if line["standing"] != Standing.EXCLUDED and Fraction(line["amount"]) > 0
    )
    claims = tuple(dict.fromkeys(line.key for line in lines if line.key))
    return Party(
        id=row.id,
        receipt=row.receipt,
        notice_id=row.notice_id,
        provision=row.provision,
        uscc=row.uscc,
        state=State(row.state),
        bureaus=(row.lead_bureau, *row.copied_bureaus),
        is_verified=row.verified,
        is_assured=row.assured,
        is_granted=row.granted,
        keys=_keys(row, claims),
        lines=lines,
    )


def _keys(row: Row[Any], claims: tuple[str, ...]) -> Overlap:
    try:
        provision = editions.edition(row.notice_id).provisions[row.provision]
    except NoticeDataError:  # its rules are gone; what it asked for stands in its assessment
        return Overlap(claims)
    # What is personal meets nothing: leases and contracts lie beside it, readable whatever it is.
    case = Case(row.enterprise, row.facts, row.received_at.astimezone(CHINA).date())
    return Overlap(
        claims, provision.rests_on(case), provision.resembles(case), provision.shares(case)
    )
