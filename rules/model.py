"""The words of a decision: answers, findings, lines, assessments.

Everything here is immutable and free of I/O. Amounts inside are exact yuan; they become
``Decimal`` with two places once, in :class:`Assessment`. What a decision makes by the dozen is a
named tuple: a frozen dataclass takes four times as long to make.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from rules.money import Exact
from rules.notice import Shut
from vocabulary.outcomes import Outcome, Standing, Truth

Facts = Mapping[str, Any]
NO_FACTS: Facts = MappingProxyType({})


# Plain names, as Python 3.11 takes ten times longer to look up a member in its class.
TRUE, FALSE, UNKNOWN = Truth


class Cause(StrEnum):
    """Why a condition is unknown, which decides who acts next."""

    MISSING = "missing"  # a fact was not given: the applicant supplements it
    FINDING = "finding"  # a named official must find it
    READING = "reading"  # the notice leaves a question open (its questions)


class Answer(NamedTuple):
    """One condition's answer for one subject.

    ``reason`` names a Chinese sentence of the condition in the notice's data; ``facts`` are the
    values it used; ``missing`` are JSON pointers of absent facts; ``hold`` keeps the item's
    amount back while the answer is unknown; ``referral`` names where else to turn, and
    ``refers`` says that a false answer refers the applicant rather than denies.
    """

    truth: Truth
    reason: str
    facts: Facts = NO_FACTS
    cause: Cause | None = None
    missing: tuple[str, ...] = ()
    question: str | None = None
    hold: bool = False
    referral: str | None = None
    refers: bool = False


class Finding(NamedTuple):
    """An answer on record: condition code, the item it is about (or None), who settled it."""

    code: str
    answer: Answer
    item: str | None = None
    found_by: str | None = None  # bureau id when an official finding settled it
    note: str | None = None  # the official's reason, which the applicant reads
    asked: str | None = None  # of a found one, the reason for which it was open before


COUNTED, HELD, EXCLUDED, TAKEN = Standing


class Line(NamedTuple):
    """One line of arithmetic, exact yuan.

    ``amount`` is what the line comes to; only COUNTED lines are added up. ``steps`` is the
    arithmetic in figures, ``label`` names month and item in Chinese, ``key`` is the one-benefit
    key (Q34). A line that is excluded or held, or counts and comes to nothing, is explained by
    ``reason``, the name of a sentence, or by ``because``, the code of the condition (of its item,
    or of the whole) that stands in its way.
    """

    item: str
    label: str
    steps: str
    amount: Exact
    standing: Standing = COUNTED
    key: str | None = None
    reason: str | None = None
    because: str | None = None
    question: str | None = None
    earlier: str | None = None  # receipt of the application granted earlier, for TAKEN
    particulars: str = ""
    """What the key's thing is told by besides its number: `rules.keys.differ`."""


@dataclass(frozen=True, slots=True)
class OfficialFinding:
    """What an official found: keyed ``"<condition>"`` or ``"<condition>@<item>"`` in a case."""

    result: bool
    bureau: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A benefit key that another application holds, which was granted earlier. ``amount``: yuan
    granted there for it; ``particulars``: what its thing is told by besides the number."""

    receipt: str
    amount: Decimal
    particulars: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """What was granted to other applications already.

    ``taken``: benefit key -> its holder. ``cap_used``: yuan already granted under the
    cap account that the assessment names.
    """

    taken: Mapping[str, Taken] = field(default_factory=dict)
    cap_used: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Case:
    """Everything an assessment may look at. Facts are the normalised JSON as stored."""

    enterprise: Mapping[str, Any]
    facts: Mapping[str, Any]
    received_on: date
    findings: Mapping[str, OfficialFinding] = field(default_factory=dict)
    context: Context = field(default_factory=Context)


class Benefit(NamedTuple):
    """One benefit claimed: its key (Q34), yuan, rounded for the ledger of keys only, and what its
    thing is told by besides the number."""

    key: str
    amount: Decimal
    particulars: str = ""


class Share(NamedTuple):
    """A lease as it stands whoever rents it, and who does here: credit codes, or a name."""

    key: str
    who: tuple[str, ...]


class Overlap(NamedTuple):
    """By which keys an application meets others. ``claims``: benefits that it asks for, which one
    application only can be granted; ``rests_on``: benefits that are another provision's to grant
    and alter its amount; ``resembles``: what else would be the same under another number;
    ``shares``: leases that another may name as its own."""

    claims: tuple[str, ...] = ()
    rests_on: tuple[str, ...] = ()
    resembles: tuple[str, ...] = ()
    shares: tuple[Share, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """All of them."""
        shared = tuple([share.key for share in self.shares])
        return self.claims + self.rests_on + self.resembles + shared


NO_OVERLAP = Overlap()


@dataclass(frozen=True, slots=True)
class CapClaim:
    """A claim on a running total. ``account``: who; ``computed``: yuan before the cap;
    ``limit``: the cap, yuan; ``granted``: yuan after it."""

    account: str
    computed: Decimal
    limit: Decimal
    granted: Decimal


class Assessment(NamedTuple):
    """The decision on one application. ``amount`` is yuan with two places, or None."""

    provision: str
    outcome: Outcome
    amount: Decimal | None
    findings: tuple[Finding, ...] = ()
    lines: tuple[Line, ...] = ()
    questions: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    referrals: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    benefits: tuple[Benefit, ...] = ()
    overlap: Overlap = NO_OVERLAP
    cap: CapClaim | None = None
    changes: tuple[str, ...] = ()  # single condition codes that would lift a denial
    shut: Shut | None = None  # why the notice takes no application on the day of receipt

    @property
    def is_granted_elsewhere(self) -> bool:
        """Whether yuan of it are granted to another application."""
        return any(line.earlier and line.standing in (TAKEN, EXCLUDED) for line in self.lines)

    def document(self) -> dict[str, Any]:
        """The assessment as compact JSON: same inputs, same bytes. Rendered by ``explain``."""
        document: dict[str, Any] = {
            "provision": self.provision,
            "outcome": str(self.outcome),
            "amount": None if self.amount is None else str(self.amount),
            "findings": [_finding(finding) for finding in self.findings],
            "lines": [_line(line) for line in self.lines],
        }
        for name in ("questions", "missing", "referrals", "parameters", "changes"):
            if values := getattr(self, name):
                document[name] = list(values)
        if self.cap is not None:
            document["cap"] = {
                "account": self.cap.account,
                "computed": str(self.cap.computed),
                "limit": str(self.cap.limit),
                "granted": str(self.cap.granted),
            }
        if self.shut is not None:
            document["shut"] = self.shut.value
        return document


def _finding(finding: Finding) -> dict[str, Any]:
    code, answer, item, found_by, note, asked = finding
    truth, reason, facts, cause, missing, question, _, referral, _ = answer
    row: dict[str, Any] = {"code": code, "result": str(truth), "reason": reason}
    if item:
        row["item"] = item
    if facts:
        row["facts"] = dict(facts)
    if cause:
        row["cause"] = str(cause)
    if missing:
        row["missing"] = list(missing)
    if question:
        row["question"] = question
    if referral:
        row["referral"] = referral
    if found_by:
        row["found_by"] = found_by
    if note:
        row["note"] = note
    if asked:
        row["asked"] = asked
    return row


def _line(line: Line) -> dict[str, Any]:
    row: dict[str, Any] = {
        "item": line.item,
        "label": line.label,
        "steps": line.steps,
        "amount": str(line.amount),
        "standing": str(line.standing),
    }
    for name in ("key", "reason", "because", "question", "earlier"):
        if value := getattr(line, name):
            row[name] = value
    return row
