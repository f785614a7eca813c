"""What a screening says of every provision, the most useful first."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Final

from casework.notices import guide
from config.notices.interview import Question
from config.settings import Settings
from schemas.screenings import Verdict
from vocabulary.outcomes import Outcome


class Group(Enum):
    """What somebody can do about it."""

    CAN = "can"
    ASK = "ask"
    REFER = "refer"
    NOT = "not"
    UNASKED = "unasked"


_GROUPS: Final[Mapping[str, Group]] = {
    Outcome.ELIGIBLE: Group.CAN,
    Outcome.NEEDS_DETERMINATION: Group.CAN,
    Outcome.INCOMPLETE: Group.ASK,
    Outcome.REFERRED: Group.REFER,
    Outcome.INELIGIBLE: Group.NOT,
    Outcome.NOT_IN_FORCE: Group.NOT,
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A verdict beside its place in the notice. `amount`: yuan, None where there is none to tell;
    `is_wanted`: of a topic somebody came for; `page`: of its measure; `lacks`: what is still to be
    told, what belongs together in one; `unasked`: the questions that were not put."""

    verdict: Verdict
    number: str
    page: str
    amount: Decimal | None
    is_wanted: bool
    group: Group
    lacks: tuple[str, ...]
    unasked: tuple[str, ...]


def grouped(
    settings: Settings,
    verdicts: Sequence[Verdict],
    wanted: Collection[str],
    unasked: Mapping[str, Sequence[Question]],
) -> dict[str, list[Shown]]:
    """The verdicts by group. `wanted`: the provisions somebody came for, none for all; `unasked`:
    those of which too little was asked, each with the questions that were not put."""
    places = {
        each.code: (measure.number, f"/measures/{measure.code}#{each.code}")
        for measure in guide.measures(settings)
        for each in measure.provisions
    }
    shown = [
        Shown(
            each,
            *places[each.provision],
            amount=Decimal(each.amount) if each.amount and Decimal(each.amount) else None,
            is_wanted=(is_wanted := not wanted or each.provision in wanted),
            group=_group(each, is_asked=each.provision not in unasked, is_wanted=is_wanted),
            lacks=tuple(_lacks(each)),
            unasked=tuple(question.asks for question in unasked.get(each.provision, ())),
        )
        for each in verdicts
    ]
    shown.sort(key=_usefulness)
    return {group.value: [each for each in shown if each.group is group] for group in Group}


def _group(verdict: Verdict, *, is_asked: bool, is_wanted: bool) -> Group:
    found = _GROUPS[verdict.outcome]
    passed_over = not is_asked or (found is Group.ASK and not is_wanted)
    return Group.UNASKED if passed_over else found


def _lacks(verdict: Verdict) -> Iterator[str]:
    """A lease and the two things missing of it are one line."""
    found: dict[str, list[str]] = {}
    for each in verdict.missing:
        whole, *inner = each.label.split(" ")
        found.setdefault(whole, []).extend(inner[-1:])
    for whole, inner in found.items():
        yield f"{whole}：{'、'.join(inner)}" if inner else whole


def _usefulness(shown: Shown) -> tuple[bool, Decimal, int]:
    """What was asked for first, then the most money, then the nearest to complete."""
    return (not shown.is_wanted, -(shown.amount or Decimal(0)), len(shown.verdict.missing))
