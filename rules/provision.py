"""What a provision is: a declaration of conditions, items, arithmetic and kind.

A provision is a paragraph of a measure that one can apply under. It says *what* is asked;
``engine`` says how answers become an outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import Any

from rules.model import Answer, Case, Line, Share
from rules.notice import Notice, UnknownParameter


@dataclass(slots=True)
class View:
    """What a condition or a line of arithmetic may look at: the case, and one item of it.

    ``in_force``: the notice's parameters on the day of receipt.
    """

    case: Case
    notice: Notice
    in_force: Mapping[str, Any]
    item: Mapping[str, Any] = field(default_factory=dict)
    item_id: str | None = None
    enterprise: Mapping[str, Any] = field(init=False)
    facts: Mapping[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.enterprise, self.facts = self.case.enterprise, self.case.facts

    def at(self, name: str) -> str:
        """JSON pointer of a fact of the item, or of the form where there is no item."""
        return f"/facts/{self.item_id}/{name}" if self.item_id else f"/facts/{name}"

    def number(self, key: str) -> Any:
        """The dated parameter in force on the day of receipt, as an exact number."""
        value = self._value(key)
        if not isinstance(value, int | Fraction):
            raise TypeError(f"parameter {key} is not a number")
        return value

    def day(self, key: str) -> date:
        """The dated parameter that is itself a day."""
        return date.fromisoformat(self._value(key))

    def months(self, key: str) -> tuple[str, ...]:
        """The dated list of months in force on the day of receipt."""
        value = self._value(key)
        if not isinstance(value, tuple):
            raise TypeError(f"parameter {key} is not a list of months")
        return value

    def _value(self, key: str) -> Any:
        try:
            return self.in_force[key]
        except KeyError:
            raise UnknownParameter(f"{key} on {self.case.received_on.isoformat()}") from None


Check = Callable[[View], Answer]


class Finder(Enum):
    """What an official finding may do to a condition."""

    NONE = "none"  # the computer decides from the facts
    REFUTES = "refutes"  # the computer decides; an official may find otherwise, to the negative
    OPEN = "open"  # as REFUTES; besides, an official answers what the given facts leave open
    SETTLES = "settles"  # an official's finding is the answer


@dataclass(frozen=True, slots=True)
class Condition:
    """One named condition: its code in the notice's data, its check, who may settle it.

    ``doubt``: it is asked only where the facts give cause, and says nothing while they do not.
    """

    code: str
    check: Check
    finder: Finder = Finder.NONE
    doubt: bool = False


class Kind(Enum):
    """What a provision can give."""

    BENEFIT = "benefit"  # money by arithmetic
    ENCOURAGEMENT = "encouragement"  # others are encouraged to give: referred, 0.00 owed
    SERVICE = "service"  # an introduction or help: referred to the contact, no amount
    DISCRETIONARY = "discretionary"  # the text gives no test and no amount: a person decides


@dataclass(frozen=True, slots=True)
class Cap:
    """A running total over applications: whose account, the limit's parameter key."""

    account: Callable[[Case], str]
    limit: str


def no_lines(_: View) -> Iterable[Line]:
    """A provision or an application level without arithmetic."""
    return ()


def no_deductions(_: View, __: Sequence[Line]) -> Iterable[Line]:
    """A provision whose items simply add up."""
    return ()


def no_keys(_: Case) -> tuple[str, ...]:
    """A provision that meets no other application by such keys."""
    return ()


def no_shares(_: Case) -> tuple[Share, ...]:
    """A provision of nothing that two applicants could name."""
    return ()


@dataclass(frozen=True, slots=True)
class Provision:
    """A paragraph of a measure that one can apply under.

    ``items``: the facts list the arithmetic runs over ("leases"), or None. ``lines``: arithmetic
    of one item (or of the whole form without items). ``items_code``: the condition, with its own
    quotation, that asks for at least one item. ``deductions``: lines below zero that depend on
    what all items came to. ``parameters``: keys it computes with.
    ``rests_on``: benefit keys of other provisions whose amounts this one must not count again;
    ``resembles``: keys by which the same thing under another number is found; ``shares``: leases
    that may be found under another tenant. ``person``: the fact of an item that numbers a person,
    for which a pseudonym stands in what is kept (`rules.keys.pseudonymised`).
    """

    code: str
    kind: Kind
    conditions: tuple[Condition, ...]
    items: str | None = None
    items_code: str = "items"
    person: str | None = None
    item_conditions: tuple[Condition, ...] = ()
    lines: Callable[[View], Iterable[Line]] = no_lines
    deductions: Callable[[View, Sequence[Line]], Iterable[Line]] = no_deductions
    parameters: tuple[str, ...] = ()
    cap: Cap | None = None
    rests_on: Callable[[Case], tuple[str, ...]] = no_keys
    resembles: Callable[[Case], tuple[str, ...]] = no_keys
    shares: Callable[[Case], tuple[Share, ...]] = no_shares

    def condition(self, code: str) -> Condition:
        """The condition of that code. Raises KeyError."""
        for condition in (*self.conditions, *self.item_conditions):
            if condition.code == code:
                return condition
        raise KeyError(code)
