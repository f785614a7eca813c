"""The notice for whoever may apply under it: what it gives, for whom, how much, whom to ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from casework.notices import editions
from casework.notices.editions import Edition, printed_contact
from config import notices
from config.notices.guide import Example, Gift, Guide, Plainly, Site, load_guide
from config.settings import Settings
from rules.engine import assess
from rules.explain import explain
from rules.model import Case
from schemas.contacts import PrintedContact
from schemas.enterprise import READ_ENTERPRISE
from schemas.papers import of_form

_PLAIN_BRAND = "惠企措施"
_PLAIN_LEAD = "符合条件的企业可以按通知申请支持。办理不收费。"


@dataclass(frozen=True, slots=True)
class Heading:
    """What every page says of the notice: name, first words, number, day."""

    brand: str
    heading: str
    lead: str
    title: str
    number: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a worked example's arithmetic."""

    label: str
    steps: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Worked:
    """A made-up case and what the rules make of it: nothing but an illustration."""

    about: str
    lines: tuple[Line, ...]
    amount: Decimal
    total: str


@dataclass(frozen=True, slots=True)
class ProvisionGuide:
    """One thing to apply for. `kind`: what can come of it (`rules.provision.Kind`); `plainly`: None
    where nobody has put it in plain words; `papers`: what the form's answers are copied from."""

    code: str
    title: str
    where: str
    words: str
    kind: str
    decided_by: str
    plainly: Plainly | None
    amount_note: str | None
    papers: tuple[str, ...]
    worked: Worked | None


@dataclass(frozen=True, slots=True)
class MeasureGuide:
    """One measure of the notice with all that one can apply for under it."""

    code: str
    number: str
    name: str
    clause: tuple[str, ...]
    provisions: tuple[ProvisionGuide, ...]
    contacts: tuple[PrintedContact, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A contact of the notice, and the measures (as "一") that it is printed for."""

    contact: PrintedContact
    measures: tuple[str, ...]


def site(settings: Settings) -> Heading:
    """What every page says of the deployment's notice."""
    current, told = _current(settings), _plain(settings).site
    head = current.notice.content["notice"]
    told = told or Site(_PLAIN_BRAND, head["title"], _PLAIN_LEAD)
    return Heading(
        *told,
        title=head["title"],
        number=head["number"],
        issued_on=date.fromisoformat(head["issued_on"]),
    )


def gives(settings: Settings) -> tuple[tuple[str, Gift], ...]:
    """What the notice gives, each with the code of its measure's page."""
    codes = {each.number: each.code for each in measures(settings)}
    found = _plain(settings).gives
    return tuple((codes[gift.measure], gift) for gift in found if gift.measure in codes)


def measures(settings: Settings) -> tuple[MeasureGuide, ...]:
    """Every measure that one can apply under, in the notice's order."""
    return _measures(_current(settings), _plain(settings))


def measure(settings: Settings, code: str) -> MeasureGuide | None:
    """The measure of an address; None for an unknown one."""
    return next((each for each in measures(settings) if each.code == code), None)


def provision(settings: Settings, code: str) -> tuple[MeasureGuide, ProvisionGuide] | None:
    """A provision with its measure; None for an unknown one."""
    found = ((each, part) for each in measures(settings) for part in each.provisions)
    return next(((each, part) for each, part in found if part.code == code), None)


def directory(settings: Settings) -> tuple[Listed, ...]:
    """Every contact as the notice prints it, in its order."""
    content = _current(settings).notice.content
    return tuple(
        Listed(_contact(content, name), tuple(content["contacts"][name]["measures"]))
        for name in content["contacts"]
    )


def _current(settings: Settings) -> Edition:
    return editions.edition(settings.notice_id)


def _plain(settings: Settings) -> Guide:
    current = _current(settings)
    return load_guide(notices.folder() / current.notice.id, current.notice.content["text"])


@cache
def _measures(current: Edition, told: Guide) -> tuple[MeasureGuide, ...]:
    content = current.notice.content
    known = {each.measure: (code, each.name) for code, each in told.measures.items()}
    found = []
    for number, clause in content["measures"].items():
        ours = [code for code, each in content["provisions"].items() if each["measure"] == number]
        if not ours:
            continue
        code, name = known.get(number, (ours[0], content["provisions"][ours[0]]["title"]))
        printed = [key for key, each in content["contacts"].items() if number in each["measures"]]
        found.append(
            MeasureGuide(
                code=code,
                number=number,
                name=name,
                clause=tuple(clause.splitlines()),
                provisions=tuple(_provision(current, told, each) for each in ours),
                contacts=tuple(_contact(content, key) for key in printed),
            )
        )
    return tuple(found)


def _provision(current: Edition, told: Guide, code: str) -> ProvisionGuide:
    notice = current.notice
    entry = notice.provisions[code]
    form = current.forms.forms[code]
    decider = entry["decider"]
    example = told.examples.get(code)
    return ProvisionGuide(
        code=code,
        title=entry["title"],
        where=entry["where"],
        words=entry["words"],
        kind=current.provisions[code].kind.value,
        decided_by=notice.content["deciders"].get(decider) or notice.name_of(decider),
        plainly=told.provisions.get(code),
        amount_note=entry.get("amount_note"),
        papers=of_form(form)[:-1],
        worked=_worked(current, code, example) if example else None,
    )


def _worked(current: Edition, code: str, example: Example) -> Worked | None:
    """What the rules make of an example on the day of the notice; None for no amount."""
    notice = current.notice
    facts = current.forms.readers[code](example.facts)
    day = date.fromisoformat(notice.content["notice"]["issued_on"])
    case = Case(READ_ENTERPRISE(example.enterprise), facts, day)
    found = assess(current.provisions[code], case, notice)
    if not found.amount:
        return None
    told = explain(found.document(), notice, current.forms.words)
    lines = tuple(
        Line(each["label"], each["steps"], Decimal(each["amount"])) for each in told["arithmetic"]
    )
    return Worked(example.about, lines, found.amount, told["total"]["text"])


def _contact(content: Mapping[str, Any], name: str) -> PrintedContact:
    return PrintedContact(id=name, **printed_contact(content, name))
