"""From a case to an assessment: conditions, arithmetic, outcome. Pure.

Kleene logic throughout: a false condition denies (or refers), a missing fact makes the
application incomplete, anything else unknown waits for an official; only an application whose
every condition is true is eligible.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from rules import questions
from rules.answers import missing
from rules.keys import alike, differ, signs
from rules.model import (
    COUNTED,
    EXCLUDED,
    FALSE,
    HELD,
    NO_OVERLAP,
    TAKEN,
    TRUE,
    UNKNOWN,
    Answer,
    Assessment,
    Benefit,
    CapClaim,
    Case,
    Cause,
    Finding,
    Line,
    OfficialFinding,
    Overlap,
    Taken,
)
from rules.money import Exact, to_fen
from rules.notice import Notice
from rules.provision import Condition, Finder, Kind, Provision, View
from vocabulary.outcomes import Outcome

ZERO = Decimal("0.00")
_OPEN = (Outcome.ELIGIBLE, Outcome.NEEDS_DETERMINATION)
_CLOSED = (Outcome.INELIGIBLE, Outcome.REFERRED)
_REFERRING = (Kind.SERVICE, Kind.ENCOURAGEMENT)
_IN_YUAN = (Kind.BENEFIT, Kind.ENCOURAGEMENT)
_MISSING = Cause.MISSING

Items = Sequence[Sequence[Finding]]
"""The findings of each item of a form."""


def assess(provision: Provision, case: Case, notice: Notice) -> Assessment:
    """Decide one case under one provision.

    Takes the provision, the case (normalised facts as stored, official findings, what other
    applications used), the notice's data. Returns the assessment; same inputs, same bytes.
    Raises ``UnknownParameter`` if the notice lacks a parameter on the day of receipt.
    """
    shut = notice.shut(provision.code, case.received_on)
    if shut is not None or case.received_on < notice.in_force_from:
        return Assessment(provision.code, Outcome.NOT_IN_FORCE, ZERO, shut=shut)

    in_force = notice.in_force(case.received_on)
    form = View(case, notice, in_force)
    whole = _found(provision.conditions, form)
    views: Sequence[View] = ()
    if provision.items is not None:
        views = [
            View(case, notice, in_force, item, f"{provision.items}/{position}")
            for position, item in enumerate(case.facts.get(provision.items) or ())
        ]
        # Whoever is refused as a whole is not asked for items besides.
        if not views and not any(found.answer.truth is FALSE for found in whole):
            whole.append(Finding(provision.items_code, missing(f"/facts/{provision.items}")))
    items = [_found(provision.item_conditions, view) for view in views]

    lines = _lines(provision, form, whole, views, items)
    outcome = _outcome(provision, whole, items, lines)
    total = _total(lines)
    amount, cap = _amount(provision, form, outcome, total)
    findings = tuple(whole + [found for findings in items for found in findings])
    absent, referrals = _raised(findings)
    return Assessment(
        provision=provision.code,
        outcome=outcome,
        amount=amount,
        findings=findings,
        lines=tuple(lines),
        questions=questions.applying(provision.code, form, views, (whole, *items), lines, outcome),
        missing=absent,
        referrals=tuple([each for each in referrals if each in notice.referrals]),
        parameters=provision.parameters,
        benefits=_benefits(lines) if outcome in _OPEN else (),
        overlap=_overlap(provision, case, lines) if outcome in _OPEN else NO_OVERLAP,
        cap=cap,
        changes=_changes(provision, whole, items, lines)
        if outcome in _CLOSED and provision.kind not in _REFERRING
        else (),
    )


def _found(conditions: Sequence[Condition], view: View) -> list[Finding]:
    """What is found of each condition; a doubt without cause is not spoken of."""
    found: list[Finding] = []
    for condition in conditions:
        each = _find(condition, view)
        if not condition.doubt or each.found_by or each.answer.truth is not TRUE:
            found.append(each)
    return found


def _find(condition: Condition, view: View) -> Finding:
    """The computer's answer, unless an official finding settles or refutes it."""
    answer = condition.check(view)
    if view.case.findings:
        official = _official(view.case.findings, condition.code, view.item_id)
        if official is not None:
            return _with_finding(condition, view, answer, official)
    return Finding(condition.code, answer, view.item_id)


def _with_finding(
    condition: Condition, view: View, answer: Answer, official: OfficialFinding
) -> Finding:
    """The official's answer, as far as the condition leaves it to one."""
    computed = Finding(condition.code, answer, view.item_id)
    if condition.finder is Finder.NONE:
        return computed
    reserved = view.notice.reserved_to(condition.code)
    if reserved is not None and official.bureau != reserved:
        return computed  # nobody else's word settles it
    if official.result and condition.finder is Finder.REFUTES:
        return computed
    left_open = answer.cause in (Cause.FINDING, Cause.READING)
    if official.result and condition.finder is Finder.OPEN and not left_open:
        return computed
    found = Answer(
        TRUE if official.result else FALSE,
        _found_how(official, answer),
        answer.facts,
        # A reading that was ruled on was applied; that a finding was due is no question any more.
        question=None if answer.cause is Cause.FINDING else answer.question,
        referral=None if official.result else answer.referral,
    )
    return Finding(
        condition.code, found, view.item_id, official.bureau, official.note or None, answer.reason
    )


def _found_how(official: OfficialFinding, computed: Answer) -> str:
    """The name of the sentence for a finding, which says where it goes against the firm's word."""
    if not official.result:
        return "found_failed"
    return "found_despite" if computed.truth is FALSE else "found_met"


def _official(
    findings: Mapping[str, OfficialFinding], code: str, item: str | None
) -> OfficialFinding | None:
    if item is not None and (specific := findings.get(f"{code}@{item}")) is not None:
        return specific
    return findings.get(code)


def _lines(
    provision: Provision,
    form: View,
    whole: Sequence[Finding],
    views: Sequence[View],
    items: Items,
) -> list[Line]:
    """The arithmetic of every item, each line counted, held, excluded or taken."""
    denied = next((f for f in whole if f.answer.truth is FALSE), None)
    held_all = next((f for f in whole if f.answer.hold), None)
    lines: list[Line] = []
    firsts = _Firsts() if len(views) > 1 else None
    if provision.items is None:
        views, items = (form,), (whole,)
    for view, own in zip(views, items, strict=True):
        failed = next((f for f in own if f.answer.truth is FALSE), denied)
        held = next((f for f in own if f.answer.hold), held_all)
        for line in provision.lines(view):
            if line.standing is EXCLUDED:
                lines.append(line)
            elif failed is not None:
                lines.append(
                    line._replace(
                        standing=EXCLUDED, because=failed.code, reason=None, question=None
                    )
                )
            elif line.standing is not COUNTED:
                lines.append(line)
            elif line.key and (taken := form.case.context.taken.get(line.key)):
                lines.append(_held_elsewhere(line._replace(reason=None), taken))
            elif line.key and firsts and (reason := firsts.repeats(line.key, line)):
                lines.append(line._replace(standing=HELD, reason=reason))
            elif held is not None:
                lines.append(line._replace(standing=HELD, because=held.code, reason=None))
            elif line.key and firsts and firsts.is_alike(line.key, line):
                lines.append(line._replace(standing=HELD, reason="alike_number"))
            else:
                lines.append(line)
    lines.extend(provision.deductions(form, lines))
    return lines


class _Firsts:
    """The lines of one application that name a benefit key first."""

    def __init__(self) -> None:
        self._lines: dict[str, Line] = {}
        self._by_signs: dict[str, list[Line]] = {}

    def repeats(self, key: str, line: Line) -> str | None:
        """Why the line repeats one of another item, as the name of a sentence; None and remembered
        where it does not."""
        first = self._lines.setdefault(key, line)
        if first.item == line.item:
            return None
        return "same_number" if differ(line.particulars, first.particulars) else "repeated_item"

    def is_alike(self, key: str, line: Line) -> bool:
        """Whether another item has this number but for a separator left out, and contradicts it
        in nothing."""
        near = self._by_signs.setdefault(signs(key), [])
        for other in near:
            if (
                other.item != line.item
                and alike(key, other.key or "")
                and not differ(line.particulars, other.particulars)
            ):
                return True
        near.append(line)
        return False


def _held_elsewhere(line: Line, taken: Taken) -> Line:
    """A line whose key an earlier application holds: taken; a question where what it says of the
    same number contradicts this one, as it may be another contract."""
    if differ(line.particulars, taken.particulars):
        return line._replace(standing=HELD, reason="same_number_before", earlier=taken.receipt)
    return line._replace(standing=TAKEN, earlier=taken.receipt)


def _outcome(
    provision: Provision, whole: Sequence[Finding], items: Items, lines: Iterable[Line]
) -> Outcome:
    denied = [found.answer for found in whole if found.answer.truth is FALSE]
    if denied:
        refers = all(answer.refers for answer in denied)
        return Outcome.REFERRED if refers else Outcome.INELIGIBLE
    live = [found.answer for found in whole]
    dead: list[list[Answer]] = []
    for findings in items:
        fatal = [found.answer for found in findings if found.answer.truth is FALSE]
        if fatal:
            dead.append(fatal)
        else:
            live += [found.answer for found in findings]
    if items and len(dead) == len(items):
        referred = any(all(answer.refers for answer in fatal) for fatal in dead)
        return Outcome.REFERRED if referred else Outcome.INELIGIBLE

    if any(answer.cause is _MISSING for answer in live):
        return Outcome.INCOMPLETE
    if any(answer.truth is UNKNOWN for answer in live):
        return Outcome.NEEDS_DETERMINATION
    if any(line.standing is HELD or line.standing is TAKEN for line in lines):
        return Outcome.NEEDS_DETERMINATION
    if provision.kind in _REFERRING:
        return Outcome.REFERRED
    return Outcome.ELIGIBLE


def _amount(
    provision: Provision, form: View, outcome: Outcome, total: Exact
) -> tuple[Decimal | None, CapClaim | None]:
    if provision.kind not in _IN_YUAN or outcome is Outcome.INCOMPLETE:
        return None, None
    if outcome not in _OPEN:
        return ZERO, None
    computed = to_fen(total)
    if provision.cap is None:
        return computed, None
    limit = to_fen(form.number(provision.cap.limit))
    granted = min(computed, max(ZERO, limit - form.case.context.cap_used))
    return granted, CapClaim(provision.cap.account(form.case), computed, limit, granted)


def _total(lines: Iterable[Line]) -> Exact:
    total: Exact = 0
    for line in lines:
        if line.standing is COUNTED:
            total += line.amount
    return total


def _benefits(lines: Iterable[Line]) -> tuple[Benefit, ...]:
    """The keys this application holds once it is granted; lines of one key (parts of one lease)
    add up."""
    claimed: dict[str, Exact] = {}
    told_by: dict[str, str] = {}
    for line in lines:
        if line.key and line.standing is COUNTED and line.amount > 0:
            claimed[line.key] = claimed.get(line.key, 0) + line.amount
            told_by.setdefault(line.key, line.particulars)
    return tuple([Benefit(key, to_fen(amount), told_by[key]) for key, amount in claimed.items()])


def _overlap(provision: Provision, case: Case, lines: Iterable[Line]) -> Overlap:
    claims = [
        line.key for line in lines if line.key and line.standing is not EXCLUDED and line.amount > 0
    ]
    return Overlap(
        tuple(dict.fromkeys(claims)),
        provision.rests_on(case),
        provision.resembles(case),
        provision.shares(case),
    )


def _raised(findings: Iterable[Finding]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the findings raise, each once and in order: missing facts, referrals."""
    absent: dict[str, None] = {}
    referrals: dict[str, None] = {}
    for found in findings:
        answer = found.answer
        if answer.missing:
            absent.update(dict.fromkeys(answer.missing))
        if answer.referral:
            referrals[answer.referral] = None
    return tuple(absent), tuple(referrals)


def _changes(
    provision: Provision, whole: Sequence[Finding], items: Items, lines: Sequence[Line]
) -> tuple[str, ...]:
    """Codes of the single conditions which, were they met, would lift the denial."""

    def met(code: str, findings: Sequence[Finding]) -> list[Finding]:
        true = Answer(TRUE, "met")
        return [f._replace(answer=true) if f.code == code else f for f in findings]

    every = [found for findings in (whole, *items) for found in findings]
    codes = dict.fromkeys(found.code for found in every if found.answer.truth is FALSE)
    return tuple(
        code
        for code in codes
        if _outcome(provision, met(code, whole), [met(code, own) for own in items], lines)
        not in _CLOSED
    )
