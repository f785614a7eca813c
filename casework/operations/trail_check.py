"""Verifying: is every sealed event as it was sealed, none gone, none slipped in between?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection

from casework.operations import seals
from casework.operations.seals import Head, Key, Seal
from config.settings import Settings

MOST_FINDINGS: Final = 20
LATE: Final = timedelta(minutes=5)
"""After so long an event that no seal covers is a fault: the sealer stands still, or was robbed."""
_SEALS_AT_ONCE: Final = 20
_SLACK: Final = timedelta(seconds=5)
_MORE: Final = 100
_BELOW_ALL: Final = -(2**63)


class Fault(StrEnum):
    """What is wrong."""

    ALTERED = "altered"
    MISSING = "missing"
    ADDED = "added"
    BACKDATED = "back-dated"
    SEAL_ALTERED = "seal altered"
    SEAL_MISSING = "seal missing"
    SEAL_KEY = "seal of an unknown key"
    HEAD_LOST = "a head that was handed out is not there"
    UNSEALED = "not sealed"


@dataclass(frozen=True, slots=True)
class Finding:
    """`row`: the event's id, or the seal's serial for faults of seals and heads."""

    fault: Fault
    row: int

    def __str__(self) -> str:
        of_seal = self.fault in (
            Fault.SEAL_ALTERED, Fault.SEAL_MISSING, Fault.SEAL_KEY, Fault.HEAD_LOST
        )  # fmt: skip
        return f"{'seal' if of_seal else 'event'} {self.row}: {self.fault}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`findings`: the first of each stretch that is wrong, in order, at most MOST_FINDINGS.
    `waiting`: events of the last minutes, which no seal covers yet."""

    events: int
    seals: int
    waiting: int
    head: Head | None
    findings: tuple[Finding, ...]


def verify(conn: Connection, settings: Settings, known: Iterable[Head] = ()) -> Verdict:
    """Read everything and compare. `known`: heads that were handed out earlier.

    Give it a connection in one transaction of REPEATABLE READ: rows and seals must be of one
    moment.
    """
    ring = seals.keys(settings)
    heads = {one.serial: one for one in known}
    findings: list[Finding] = []
    events = number = 0
    last: Seal | None = None
    since: datetime | None = None
    while chunk := seals.after(conn, number, _SEALS_AT_ONCE):
        for seal in chunk:
            if seal.serial != number + 1:
                findings.append(Finding(Fault.SEAL_MISSING, number + 1))
            findings += _chain(ring, last, seal)
            expected = heads.pop(seal.serial, None)
            if expected is not None and expected.digest != seal.digest.hex():
                findings.append(Finding(Fault.HEAD_LOST, seal.serial))
            findings += _rows(conn, ring, last, seal, since)
            last, number, events = seal, seal.serial, events + seal.count
            since = seal.complete_at or since
            if len(findings) >= MOST_FINDINGS:
                break
        if len(findings) >= MOST_FINDINGS:
            break
    findings += [Finding(Fault.HEAD_LOST, serial) for serial in sorted(heads) if serial > number]
    waiting, late = _unsealed(conn, last, since)
    return Verdict(
        events=events,
        seals=number,
        waiting=waiting,
        head=None if last is None else Head(last.serial, last.digest.hex()),
        findings=tuple([*findings, *late][:MOST_FINDINGS]),
    )


def _chain(ring: Mapping[str, Key], last: Seal | None, seal: Seal) -> list[Finding]:
    key = ring.get(seal.key_id)
    if key is None:
        return [Finding(Fault.SEAL_KEY, seal.serial)]
    follows = seal.serial == (last.serial + 1 if last else 1)
    is_next = not follows or seal.previous == (last.digest if last else seals.FIRST)
    whole = seal.count == len(seal.ids()) == len(seal.marks) // seals.MARK_BYTES
    if seals.digest(key, seal) != seal.digest or not is_next or not whole:
        return [Finding(Fault.SEAL_ALTERED, seal.serial)]
    return []


def _rows(
    conn: Connection,
    ring: Mapping[str, Key],
    last: Seal | None,
    seal: Seal,
    since: datetime | None,
) -> list[Finding]:
    """The first event of this seal that is not as it was."""
    key = ring.get(seal.key_id)
    if key is None:
        return []
    expected = seal.marked()
    follows = seal.serial == (last.serial + 1 if last else 1)
    # The rows of a seal that is gone are nobody's: the seal is what is named.
    after = (last.last_id if last else _BELOW_ALL) if follows else seal.first_id - 1
    found = {row.id: row for row in seals.texts(conn, after, seal.last_id, seal.count + _MORE)}
    for one in sorted(expected.keys() | found.keys()):
        if one not in found:
            return [Finding(Fault.MISSING, one)]
        if one not in expected:
            return [Finding(Fault.ADDED, one)]
        if seals.mark(key, found[one].text) != expected[one]:
            return [Finding(Fault.ALTERED, one)]
        at = found[one].recorded_at
        if since is not None and (at is None or at < since - _SLACK):
            return [Finding(Fault.BACKDATED, one)]
    return []


def _unsealed(
    conn: Connection, last: Seal | None, since: datetime | None
) -> tuple[int, list[Finding]]:
    row = conn.exec_driver_sql(
        "SELECT count(*) AS found, min(id) AS first,"
        " min(id) FILTER (WHERE recorded_at < clock_timestamp() - %(late)s) AS late,"
        " min(id) FILTER (WHERE recorded_at IS NULL OR recorded_at < %(since)s) AS earlier"
        " FROM event WHERE id > %(last)s",
        {
            "late": LATE,
            "last": last.last_id if last else 0,
            "since": since and since - _SLACK,
        },
    ).one()
    findings = []
    if row.earlier is not None and since is not None:
        findings.append(Finding(Fault.BACKDATED, row.earlier))
    elif row.late is not None:
        findings.append(Finding(Fault.UNSEALED, row.late))
    return row.found, findings
