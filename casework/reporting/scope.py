"""Which applications numbers and exports are about: whose, under what, received when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from casework.errors import NotPermitted
from casework.people.access import Principal
from casework.people.rights import Right
from store import predicates


@dataclass(frozen=True, slots=True)
class Scope:
    """None means any. `received_from`, `received_to`: days in Asia/Shanghai, both included;
    `client`: the number of a sending system's first token."""

    bureau: str | None = None
    provision: str | None = None
    received_from: date | None = None
    received_to: date | None = None
    state: str | None = None
    outcome: str | None = None
    client: int | None = None

    def condition(self, *, copied: bool = False) -> tuple[str, dict[str, object]]:
        """SQL on `application AS a`, and its values.

        Takes whether cases that a bureau is only copied on are meant as well. Only what is asked
        for becomes part of the statement, so that the planner can use the index of each.
        """
        parts = {
            "bureau": predicates.ON_THE_CASE if copied else "a.lead_bureau = %(bureau)s",
            "provision": "a.provision = %(provision)s",
            "received_from": predicates.RECEIVED_FROM,
            "received_to": predicates.RECEIVED_TO,
            "state": "a.state = %(state)s",
            "outcome": "a.outcome = %(outcome)s",
            "client": "a.client = %(client)s",
        }
        asked = {name: getattr(self, name) for name in parts}
        values = {name: value for name, value in asked.items() if value is not None}
        asked_for = (parts[name] for name in values)
        return " AND ".join([predicates.COUNTED, *asked_for]), values

    def document(self) -> dict[str, str]:
        """What was asked for, JSON-ready."""
        asked = {name: getattr(self, name) for name in self.__slots__}
        return {name: str(value) for name, value in asked.items() if value is not None}


def bureau_for(principal: Principal, wanted: str | None) -> str | None:
    """Whose applications somebody is shown; None: every bureau's.

    Takes the bureau asked for, if any. Raises NotPermitted for another bureau than the person's,
    except for roles that look after all.
    """
    if principal.may(Right.ALL_BUREAUS):
        return wanted
    if wanted not in (None, principal.bureau):
        raise NotPermitted("只能查看本单位的数据。")
    return principal.bureau
