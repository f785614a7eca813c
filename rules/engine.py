"""From a case to an assessment: conditions, arithmetic, outcome. Pure.

Kleene logic throughout: a false condition denies (or refers), a missing fact makes the
application incomplete, anything else unknown waits for an official; only an application whose
every condition is true is eligible.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from rules.model import (
    Assessment,
    Benefit,
    CapClaim,
    Case,
    Cause,
    Finding,
    Line,
    OfficialFinding,
    Outcome,
    Standing,
    Truth,
    Verdict,
)
from rules.money import to_fen, whole_fen
from rules.notice import Notice
from rules.provision import Condition, Finder, Kind, Provision, View
from rules.verdicts import missing

ZERO = Decimal("0.00")
_OPEN = (Outcome.ELIGIBLE, Outcome.NEEDS_DETERMINATION)
_REFERRING = (Kind.SERVICE, Kind.ENCOURAGEMENT)
_IN_YUAN = (Kind.BENEFIT, Kind.ENCOURAGEMENT)


def assess(provision: Provision, case: Case, notice: Notice) -> Assessment:
    """Decide one case under one provision.

    In: the provision, the case (normalised facts as stored, official findings, what other
    applications used), the notice's data. Out: the assessment; same inputs, same bytes.
    Raises ``UnknownParameter`` if the notice lacks a parameter on the day of receipt.
    """
    if case.received_on < notice.in_force_from:
        return _bare(provision, Outcome.NOT_IN_FORCE)

    whole = View(case, notice)
    findings = [_find(condition, whole) for condition in provision.conditions]
    views: Sequence[View] = ()
    if provision.items is not None:
        views = [
            View(case, notice, item, f"{provision.items}/{position}")
            for position, item in enumerate(case.facts.get(provision.items) or ())
        ]
        if not views:
            findings.append(Finding(provision.items_code, missing(f"/facts/{provision.items}")))
        for view in views:
            findings.extend(_find(condition, view) for condition in provision.item_conditions)

    lines = _lines(provision, whole, views, findings)
    outcome = _outcome(provision, findings, lines)
    total = _total(lines)
    amount, cap = _amount(provision, case, notice, outcome, total)
    return Assessment(
        provision=provision.code,
        outcome=outcome,
        amount=amount,
        findings=tuple(findings),
        lines=tuple(lines),
        questions=_questions(findings, lines, exact=outcome not in _OPEN or whole_fen(total)),
        missing=tuple(
            dict.fromkeys(pointer for found in findings for pointer in found.verdict.missing)
        ),
        referrals=tuple(
            dict.fromkeys(found.verdict.referral for found in findings if found.verdict.referral)
        ),
        parameters=provision.parameters,
        benefits=_benefits(lines) if outcome in _OPEN else (),
        related_keys=provision.related_keys(case),
        cap=cap,
        changes=_changes(provision, findings, lines)
        if outcome in (Outcome.INELIGIBLE, Outcome.REFERRED) and provision.kind not in _REFERRING
        else (),
    )


def _bare(provision: Provision, outcome: Outcome) -> Assessment:
    return Assessment(provision.code, outcome, ZERO, (), (), (), (), (), ())


def _find(condition: Condition, view: View) -> Finding:
    """The computer's answer, unless an official finding settles or refutes it."""
    verdict = condition.check(view)
    official = _official(view.case.findings, condition.code, view.item_id)
    if official is None or condition.finder is Finder.NONE:
        return Finding(condition.code, verdict, view.item_id)
    reserved = view.notice.reserved_to(condition.code)
    if reserved is not None and official.bureau != reserved:
        return Finding(condition.code, verdict, view.item_id)  # nobody else's word settles it
    if official.result and condition.finder is Finder.REFUTES:
        return Finding(condition.code, verdict, view.item_id)
    left_open = verdict.cause in (Cause.FINDING, Cause.READING)
    if official.result and condition.finder is Finder.OPEN and not left_open:
        return Finding(condition.code, verdict, view.item_id)
    found = Verdict(
        Truth.TRUE if official.result else Truth.FALSE,
        "found_met" if official.result else "found_failed",
        verdict.facts,
        question=verdict.question,
        referral=None if official.result else verdict.referral,
    )
    return Finding(condition.code, found, view.item_id, found_by=official.bureau)


def _official(
    findings: Mapping[str, OfficialFinding], code: str, item: str | None
) -> OfficialFinding | None:
    if not findings:
        return None
    if item is not None and (specific := findings.get(f"{code}@{item}")) is not None:
        return specific
    return findings.get(code)


def _lines(
    provision: Provision, whole: View, views: Sequence[View], findings: Sequence[Finding]
) -> list[Line]:
    """The arithmetic of every item, each line counted, held, excluded or taken."""
    by_item: dict[str | None, list[Finding]] = {}
    for found in findings:
        by_item.setdefault(found.item, []).append(found)
    held_all = next((f for f in by_item.get(None, ()) if f.verdict.hold), None)
    lines: list[Line] = []
    holders: dict[str, str] = {}  # key -> the item of this application that names it first
    for view in views if provision.items is not None else (whole,):
        own = by_item.get(view.item_id, [])
        failed = next((f for f in own if f.verdict.truth is Truth.FALSE), None)
        held = next((f for f in own if f.verdict.hold), held_all)
        for line in provision.lines(view):
            if line.standing is not Standing.COUNTED:
                lines.append(line)
            elif failed is not None and view.item_id is not None:
                lines.append(replace(line, standing=Standing.EXCLUDED, because=failed.code))
            elif line.key and (taken := whole.case.context.taken.get(line.key)):
                lines.append(replace(line, standing=Standing.TAKEN, earlier=taken.receipt))
            elif line.key and holders.setdefault(line.key, line.item) != line.item:
                lines.append(replace(line, standing=Standing.HELD, reason="repeated_item"))
            elif held is not None:
                lines.append(replace(line, standing=Standing.HELD, because=held.code))
            else:
                lines.append(line)
    lines.extend(provision.deductions(whole, lines))
    return lines


def _outcome(provision: Provision, findings: Iterable[Finding], lines: Iterable[Line]) -> Outcome:
    whole: list[Verdict] = []
    items: dict[str, list[Verdict]] = {}
    for found in findings:
        if found.item is None:
            whole.append(found.verdict)
        else:
            items.setdefault(found.item, []).append(found.verdict)

    false_whole = [v for v in whole if v.truth is Truth.FALSE]
    if any(not v.refers for v in false_whole):
        return Outcome.INELIGIBLE
    live: list[Verdict] = list(whole)
    dead: list[list[Verdict]] = []
    for verdicts in items.values():
        fatal = [v for v in verdicts if v.truth is Truth.FALSE]
        if fatal:
            dead.append(fatal)
        else:
            live.extend(verdicts)
    if false_whole:
        return Outcome.REFERRED
    if items and len(dead) == len(items):
        referred = any(all(v.refers for v in fatal) for fatal in dead)
        return Outcome.REFERRED if referred else Outcome.INELIGIBLE

    if any(v.cause is Cause.MISSING for v in live):
        return Outcome.INCOMPLETE
    if any(v.truth is Truth.UNKNOWN for v in live):
        return Outcome.NEEDS_DETERMINATION
    if any(line.standing in (Standing.HELD, Standing.TAKEN) for line in lines):
        return Outcome.NEEDS_DETERMINATION
    if provision.kind in _REFERRING:
        return Outcome.REFERRED
    return Outcome.ELIGIBLE


def _amount(
    provision: Provision, case: Case, notice: Notice, outcome: Outcome, total: Fraction
) -> tuple[Decimal | None, CapClaim | None]:
    if provision.kind not in _IN_YUAN or outcome is Outcome.INCOMPLETE:
        return None, None
    if outcome not in _OPEN:
        return ZERO, None
    computed = to_fen(total)
    if provision.cap is None:
        return computed, None
    limit = to_fen(notice.fraction(provision.cap.limit, case.received_on))
    granted = min(computed, max(ZERO, limit - case.context.cap_used))
    return granted, CapClaim(provision.cap.account(case), computed, limit, granted)


def _total(lines: Iterable[Line]) -> Fraction:
    return sum(
        (line.amount for line in lines if line.standing is Standing.COUNTED), start=Fraction(0)
    )


def _benefits(lines: Iterable[Line]) -> tuple[Benefit, ...]:
    """The keys this application claims; lines of one key (parts of one lease) add up."""
    claimed: dict[str, Fraction] = {}
    for line in lines:
        if line.standing is Standing.COUNTED and line.amount > 0:
            for key in (line.key, line.guard):
                if key:
                    claimed[key] = claimed.get(key, Fraction(0)) + line.amount
    return tuple(Benefit(key, to_fen(amount)) for key, amount in claimed.items())


def _questions(
    findings: Iterable[Finding], lines: Iterable[Line], *, exact: bool
) -> tuple[str, ...]:
    raised = [found.verdict.question for found in findings] + [line.question for line in lines]
    if not exact:
        raised.append("Q31")  # rounding decides a part of a fen
    return tuple(dict.fromkeys(question for question in raised if question))


def _changes(
    provision: Provision, findings: Sequence[Finding], lines: Iterable[Line]
) -> tuple[str, ...]:
    """Codes of the single conditions which, were they met, would lift the denial."""
    codes = dict.fromkeys(f.code for f in findings if f.verdict.truth is Truth.FALSE)
    lifting = []
    for code in codes:
        altered = [
            replace(f, verdict=Verdict(Truth.TRUE, "met")) if f.code == code else f
            for f in findings
        ]
        if _outcome(provision, altered, lines) not in (Outcome.INELIGIBLE, Outcome.REFERRED):
            lifting.append(code)
    return tuple(lifting)
