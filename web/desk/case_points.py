"""What a case still needs a person for, as a form: what is asked, and what was chosen and written.

A point is a condition (of one item, or of the whole) that waits for an official. The form names it
by its code, so that what was typed finds its place again on a page that is drawn anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from casework.notices import editions
from schemas.cases import Case
from schemas.documents import Document
from schemas.labels import label

FOUND: Final = "found:"
NOTE: Final = "note:"
OTHER: Final = "other:"
YES, NO, LACK = "yes", "no", "lack"
CHOICES: Final = ((YES, "符合"), (NO, "不符合"), (LACK, "材料不足"))
_LONGEST: Final = 130


@dataclass(frozen=True, slots=True)
class Point:
    """A condition that waits for an official, with what proves it. `is_ours`: this bureau may find
    it; `papers`: what the facts that were declared of it are copied from."""

    condition: str
    item: str | None
    item_label: str
    words: str
    explanation: str
    decider: str
    is_ours: bool
    declared: tuple[Mapping[str, str], ...]
    papers: tuple[str, ...]
    documents: tuple[Document, ...]

    @property
    def key(self) -> str:
        """How the form names it."""
        return key_of(self.condition, self.item)

    @property
    def id(self) -> str:
        """For the ids of its controls."""
        return id_of(self.key)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen and written of points; `other`: of one more condition, answered already."""

    found: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    other: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_form(cls, sent: Mapping[str, str]) -> Chosen:
        """Out of a form's fields; what is no choice is none."""
        choices = {value for value, _ in CHOICES}
        found, notes = {}, {}
        for name, value in sent.items():
            if name.startswith(FOUND) and value in choices and len(name) < _LONGEST:
                found[name.removeprefix(FOUND)] = value
            elif name.startswith(NOTE) and value.strip() and len(name) < _LONGEST:
                notes[name.removeprefix(NOTE)] = value
        names = ("place", "result", "note", "evidence")
        other = {name: sent.get(OTHER + name, "").strip() for name in names}
        return cls(found, notes, other if other["place"] else {})

    def lacking(self, points: Sequence[Point]) -> list[Point]:
        """Those of which the papers do not suffice."""
        return [each for each in points if self.found.get(each.key) == LACK]

    def findings(self, reason: str) -> list[dict[str, Any]]:
        """The findings that were chosen, as the API takes them. What has no note of its own rests
        on the reason of the whole."""
        made = [
            _finding(key, value == YES, self.notes.get(key, reason))
            for key, value in self.found.items()
            if value != LACK
        ]
        if self.other:
            said = self.other
            more = {"evidence": said["evidence"]} if said["evidence"] else {}
            is_met = said["result"] == YES
            made.append({**_finding(said["place"], is_met, said["note"] or reason), **more})
        return made


def key_of(condition: str, item: str | None) -> str:
    """A condition, of one item where it has one, as forms name it."""
    return condition if item is None else f"{condition}~{item}"


def id_of(key: str) -> str:
    """For the ids of a point's controls."""
    return "p-" + "".join(each if each.isalnum() else "-" for each in key)


def points(case: Case, own_name: str, documents: Sequence[Document]) -> list[Point]:
    """What waits for an official, in the notice's order. `own_name`: the bureau's, who asks."""
    return list(_points(case, own_name, documents))


def _points(case: Case, own_name: str, documents: Sequence[Document]) -> Iterator[Point]:
    if case.assessment is None:
        return
    form = editions.edition(case.notice).forms.forms.get(case.provision)
    waiting = {(each["condition"], each["item"]) for each in case.assessment.needs_finding}
    for each in case.assessment.findings:
        if (each["condition"], each["item"]) not in waiting:
            continue
        declared = tuple(each.get("declared") or ())
        papers = editions.papers_of_fields(
            case.notice, case.provision, [fact["pointer"] for fact in declared]
        )
        yield Point(
            condition=each["condition"],
            item=each["item"],
            item_label=label(form, f"/facts/{each['item']}")["label"] if each["item"] else "",
            words=each["words"],
            explanation=each["explanation"],
            decider=each["decider"],
            is_ours=own_name in each["decider"],
            declared=declared,
            papers=papers,
            documents=tuple(each for each in documents if each.paper in papers),
        )


def answered(case: Case) -> list[tuple[str, str]]:
    """Conditions that are answered already, by their key and how: a finding can be made of them as
    well, where the rules let it."""
    if case.assessment is None:
        return []
    waiting = {(each["condition"], each["item"]) for each in case.assessment.needs_finding}
    return [
        (
            key_of(each["condition"], each["item"]),
            f"{each['condition']} {each['label']}：{each['result_text']}",
        )
        for each in case.assessment.findings
        if (each["condition"], each["item"]) not in waiting
    ]


def _finding(key: str, is_met: bool, note: str) -> dict[str, Any]:
    condition, _, item = key.partition("~")
    made: dict[str, Any] = {"condition": condition, "result": is_met, "note": note}
    return {**made, "item": item} if item else made
