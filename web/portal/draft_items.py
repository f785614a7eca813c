"""Which item of a draft's lists is which, however many came and went in another tab meanwhile.

Items are drawn, checked and filed by their place. Beside its answers each has an id that stays its
own: kept in the draft and posted with the page. A list without ids, of a draft from before there
were any or of one that was filled in for somebody, has its places as ids: nothing has moved yet.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from casework.intake.drafts import DraftTooLarge
from web.parts.forms import typed
from web.parts.forms.shapes import COUNT, ID, Group, Part, Step, Typed, items, place_of

Shows = Callable[[str], bool]
_BYTES: Final = 6


class Placed(NamedTuple):
    """What a page sent, by the names that it has now. `asked`: every name that the page asked."""

    sent: Mapping[str, list[str]]
    asked: frozenset[str]


def named(step: Step, kept: Typed) -> dict[str, str]:
    """What is kept, each item of the step's lists with its id."""
    made = dict(kept)
    _name(step.parts, made, step.at)
    return made


def with_id(now: Typed, at: str) -> Typed:
    """The same, an item that is new with an id that none has had."""
    return {**now, at + ID: secrets.token_urlsafe(_BYTES)}


def told_by(sent: Mapping[str, list[str]]) -> dict[str, str]:
    """What a page sent, of several choices one a line."""
    return {name: "\n".join(filter(None, values)) for name, values in sent.items()}


def of_page(told: Typed) -> dict[str, str]:
    """The ids that a page sent."""
    return {name: text for name, text in told.items() if name.endswith(ID)}


def aside_id(kept: Typed) -> str:
    """The id of the item that was removed last."""
    aside = typed.laid_aside(kept)
    return kept.get(f"{typed.ASIDE}{aside[0]}/{aside[1]}{ID}", "") if aside else ""


def now_at(kept: Typed, told: Typed, pointer: str) -> str | None:
    """Where what a page calls by a pointer stands now; None for an item that is no more."""
    return _now_at(_places(kept), told, pointer)


def brought_back(step: Step, kept: Typed, told: Typed, is_touched: Shows) -> Typed:
    """With each item that is no more, but was changed on the page since that was drawn.

    Raises DraftTooLarge.
    """
    for name in sorted(of_page(told), key=lambda name: name.count("/")):
        item = name.removesuffix(ID)
        if now_at(kept, told, item) is not None or not is_touched(item + "/"):
            continue
        many = item.rpartition("/")[0]
        group, at = step.part_at(many), now_at(kept, told, many)
        if at is None or not isinstance(group, Group) or group.most is None:
            continue
        shown = items(group, kept, at)
        if shown >= group.most:
            raise DraftTooLarge
        aside = typed.laid_aside(kept)
        if aside and aside[0] == at and aside_id(kept) == told[name]:
            kept = typed.restore_item(kept, shown)
        else:
            kept = {**typed.add_item(kept, at, shown), f"{at}/{shown}{ID}": told[name]}
        kept = named(step, kept)
    return kept


def placed(step: Step, kept: Typed, sent: Mapping[str, list[str]], shows: Shows) -> Placed:
    """What a page sent of a step, every item where it stands now; what is no more is left out.
    `shows`: whether what stands at a pointer was on the page."""
    told = told_by(sent)
    places, has_ids = _places(kept), bool(of_page(told))
    made: dict[str, list[str]] = {}
    asked = set()
    for name in typed.asked(step, told):
        now = _now_at(places, told, name) if shows(name) else None
        if now is None:
            continue
        asked.add(now)
        if name.endswith(COUNT) and (has_ids or name not in sent):
            made[now] = [kept.get(now, "")]
        elif name.endswith(COUNT):  # a page from before there were ids
            most = max(place_of(each) or 0 for each in (kept.get(now, ""), told[name]))
            made[now] = [str(most)]
        elif name in sent:
            made[now] = sent[name]
    return Placed(made, frozenset(asked))


def _name(parts: tuple[Part, ...], made: dict[str, str], at: str) -> None:
    for part in parts:
        here = f"{at}/{part.name}"
        if not isinstance(part, Group):
            continue
        if part.most is None:
            _name(part.parts, made, here)
            continue
        count = items(part, made, here)
        if not count and here + COUNT not in made and part.is_needed:
            count = 1  # which is drawn, to begin with
        if count:
            made[here + COUNT] = str(count)
        taken = {made.get(f"{here}/{place}{ID}") for place in range(count)}
        for place in range(count):
            if f"{here}/{place}{ID}" not in made:
                own = str(place)
                while own in taken:
                    own += "-"
                made[f"{here}/{place}{ID}"] = own
                taken.add(own)
            _name(part.parts, made, f"{here}/{place}")


def _places(kept: Typed) -> dict[str, str]:
    """The list and the id of each item -> its place."""
    made = {}
    for name, own in kept.items():
        if name.endswith(ID):
            many, _, place = name.removesuffix(ID).rpartition("/")
            made[f"{many} {own}"] = place
    return made


def _now_at(places: Mapping[str, str], told: Typed, pointer: str) -> str | None:
    page, now = "", ""
    for each in pointer.split("/")[1:]:
        page += f"/{each}"
        own = told.get(page + ID)
        place = each if own is None else places.get(f"{now} {own}")
        if place is None:
            return None
        now += f"/{place}"
    return now
