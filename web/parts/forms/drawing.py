"""A step of a form as a template shows it: every field with its text, its place and its error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from schemas.kit.problem import FieldError
from web.parts.forms import origins
from web.parts.forms.leaves import Leaf
from web.parts.forms.mail_slips import meant
from web.parts.forms.sentences import plainer
from web.parts.forms.shapes import COUNT, ID, Control, Field, Group, Part, Step, Typed, items

ADD, REMOVE = "add", "remove"
"""What a button of a form does; its value is this word and a pointer, with a blank between."""


@dataclass(frozen=True, slots=True)
class When:
    """What something hangs on: the name of a field and its answers with which it is asked, with
    blanks between; `is_off`: it is not asked now."""

    name: str
    values: str
    is_off: bool


@dataclass(frozen=True, slots=True)
class DrawnField:
    """A question on a page. `described`: the ids of what explains it; `chosen`: of its options;
    `origin`: where a prefilled answer comes from; `meant`: another answer, to be asked about."""

    field: Field
    id: str
    name: str
    text: str
    chosen: frozenset[str]
    error: str
    when: When | None = None
    origin: str = ""
    meant: str = ""

    @property
    def described(self) -> str:
        """For `aria-describedby`."""
        has_help = self.field.help or self.field.source
        ids = [f"{self.id}-h"] * bool(has_help) + [f"{self.id}-e"] * bool(self.error)
        ids += [f"{self.id}-f"] * bool(self.origin) + [f"{self.id}-m"] * bool(self.meant)
        return " ".join(ids)

    @property
    def input_mode(self) -> str:
        """The keyboard that a phone shows."""
        match self.field.control:
            case Control.MONEY | Control.PERCENT:
                return "decimal"
            case Control.WHOLE | Control.DATE | Control.MONTH | Control.DIGITS:
                return "numeric"
            case Control.PHONE:
                return "tel"
            case Control.MAIL:
                return "email"
        return "text"

    @property
    def is_list(self) -> bool:
        """Whether its options fold into a list."""
        return self.field.control is Control.CHOICE and len(self.field.options) > 5  # noqa: PLR2004


@dataclass(frozen=True, slots=True)
class DrawnItem:
    """One of several things: what it is called, its parts, what its button says to the server;
    `own`: in a draft, the hidden field with its id."""

    label: str
    id: str
    parts: tuple[DrawnField | DrawnGroup, ...]
    remove: str
    own: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class DrawnGroup:
    """Questions that belong together; `items`: those on the page; `count`: the hidden field that
    says how many there are, which is `total`."""

    group: Group
    id: str
    error: str
    parts: tuple[DrawnField | DrawnGroup, ...] = ()
    items: tuple[DrawnItem, ...] = ()
    count: str = ""
    total: int = 0
    add: str = ""
    when: When | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """A line of the error summary: to which field, where that is, what is wrong."""

    id: str
    place: str
    message: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A step as it is shown."""

    step: Step
    parts: tuple[DrawnField | DrawnGroup, ...]
    faults: tuple[Fault, ...]


def draw(
    step: Step, typed: Typed, errors: Iterable[FieldError] = (), leaf: Leaf | None = None
) -> Drawn:
    """The step with what was typed. `errors`: those of its own fields, as the schema says them;
    `leaf`: which of its items are shown, None for all."""
    told = {each.pointer: each.message for each in reversed(plainer(step, typed, errors))}
    artist = _Artist(typed, told, leaf)
    parts = artist.parts(step.parts, step.at, "")
    return Drawn(step, parts, tuple(artist.faults))


def id_of(pointer: str) -> str:
    """The id of what stands at a pointer."""
    return "f" + pointer.replace("/", "-")


class _Artist:
    def __init__(self, typed: Typed, told: Mapping[str, str], leaf: Leaf | None) -> None:
        self.typed = typed
        self.told = told
        self.leaf = leaf
        self.origins = origins.read(typed)
        self.faults: list[Fault] = []

    def parts(
        self, parts: tuple[Part, ...], at: str, place: str
    ) -> tuple[DrawnField | DrawnGroup, ...]:
        return tuple(self.part(part, at, place) for part in parts)

    def part(self, part: Part, at: str, place: str) -> DrawnField | DrawnGroup:
        """What is not asked now is drawn without errors: it is hidden until it is."""
        where = part.where
        is_off = where is not None and not where.holds(self.typed, at)
        by = _Artist(self.typed, {}, self.leaf) if is_off else self
        made = by.field(part, at, place) if isinstance(part, Field) else by.group(part, at, place)
        if where is None:
            return made
        when = When(f"{at}/{where.name}", " ".join(sorted(where.values)), is_off)
        return replace(made, when=when)

    def field(self, field: Field, at: str, place: str) -> DrawnField:
        here = f"{at}/{field.name}"
        text = self.typed.get(here, "")
        # An error of one of several choices is one of the question.
        error = self.told.get(here) or next(
            (said for pointer, said in self.told.items() if pointer.startswith(here + "/")), ""
        )
        made = DrawnField(
            field,
            id_of(here),
            here,
            text,
            frozenset(text.split("\n")),
            error,
            origin=self.origins.said(here, text),
            meant=meant(text) if field.control is Control.MAIL else "",
        )
        if error:
            first = "-0" if field.options and not made.is_list else ""
            self.faults.append(Fault(made.id + first, place + field.label, error))
        return made

    def group(self, group: Group, at: str, place: str) -> DrawnGroup:
        here = f"{at}/{group.name}"
        error = self.told.get(here, "")
        if error:
            self.faults.append(Fault(id_of(here), place + group.label, error))
        if group.most is None:
            inner = self.parts(group.parts, here, f"{place}{group.label}，")
            return DrawnGroup(group, id_of(here), error, inner)
        count = items(group, self.typed, here)
        if not count and here + COUNT not in self.typed and group.is_needed:
            count = 1
        made = []
        for number in range(count):
            label = f"{group.label}{number + 1}"
            below = f"{here}/{number}"
            if self.leaf is not None and not self.leaf.shows(below):
                continue
            inner = self.parts(group.parts, below, f"{place}{label}，")
            own = (below + ID, self.typed[below + ID]) if below + ID in self.typed else None
            made.append(DrawnItem(label, id_of(below), inner, f"{REMOVE} {below}", own))
        add = f"{ADD} {here}" if count < group.most else ""
        return DrawnGroup(
            group,
            id_of(here),
            error,
            items=tuple(made),
            count=here + COUNT,
            total=count,
            add=add,
        )
