"""What a list's address asks for: filters, order, page. What is not known is dropped, and said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from werkzeug.datastructures import MultiDict

from casework.views.case_filter import Wanted
from casework.views.case_selection import NEWEST, Order
from schemas.cases import CaseFilterSchema, CaseQuerySchema
from schemas.kit.several import Several
from web.parts.query import understood

_SCHEMA: Final = CaseQuerySchema()
_KNOWN: Final = frozenset(_SCHEMA.fields)
_FILTERS: Final = frozenset(CaseFilterSchema().fields)
_PLACE: Final = frozenset({"cursor", "before", "limit", "totals"})
_FOLDED: Final = frozenset(
    {"received_from", "received_to", "amount_to", "identity", "duplicate", "leading", "complete"}
)
_PICK: Final = "pick"
_SEVERAL: Final = frozenset(
    name for name, field in _SCHEMA.fields.items() if isinstance(field, Several)
)
_NOT_KEPT: Final = _PLACE | {"q"}


@dataclass(frozen=True, slots=True)
class ListQuery:
    """`typed`: what stands in the address, without what was dropped; `dropped`: what that is
    called."""

    typed: Mapping[str, str]
    read: Mapping[str, Any]
    dropped: tuple[str, ...]

    @classmethod
    def of(cls, given: Mapping[str, str]) -> ListQuery:
        """Read an address's parameters; one that means nothing (any more) shuts nobody out."""
        found = understood(_SCHEMA, given, even_malformed=True)
        strange = sorted(name for name, value in given.items() if value and name not in _KNOWN)
        return cls(found.typed, found.read, (*found.dropped, *strange))

    @classmethod
    def of_address(cls, given: MultiDict[str, str]) -> ListQuery:
        """The same, of a form: boxes of one name that are ticked are one filter."""
        return cls.of(
            {
                name: ",".join(filter(None, values)) if name in _SEVERAL else values[0]
                for name, values in given.lists()
                if name != _PICK
            }
        )

    @classmethod
    def parse(cls, query: str) -> ListQuery:
        """The same, of an address's query as text."""
        return cls.of(dict(parse_qsl(query)))

    @property
    def wanted(self) -> Wanted:
        """The filters."""
        return Wanted(**{name: value for name, value in self.read.items() if name in _FILTERS})

    @property
    def order(self) -> Order:
        """The order, from where the page begins."""
        sort = self.read.get("sort")
        order = NEWEST if sort is None else Order.parse(sort)
        return order._replace(cursor=self.read.get("cursor"))

    def address(self, **changed: str | None) -> str:
        """The list's address with other parameters, from its first page; None: without one."""
        kept = {name: value for name, value in self.typed.items() if name not in _PLACE}
        merged = {**kept, **changed}
        asked = urlencode({name: value for name, value in merged.items() if value})
        return f"/desk/cases?{asked}" if asked else "/desk/cases"

    @property
    def states(self) -> tuple[str, ...]:
        """The states that are wanted; none: all."""
        return self.wanted.state or ()

    @property
    def asks_more(self) -> bool:
        """Whether a condition is in use that the page folds away."""
        return not _FOLDED.isdisjoint(self.typed)

    @property
    def query(self) -> str:
        """Filters and order as text, without the page."""
        return self.address().partition("?")[2]

    @property
    def to_keep(self) -> str:
        """The same, without what was typed into the search: it may be somebody's name."""
        kept = {name: value for name, value in self.typed.items() if name not in _NOT_KEPT}
        return urlencode(kept)
