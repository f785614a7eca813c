"""What can be done with many cases at once: the same on the list and beside what was not done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from api.services import services
from casework.errors import VersionChanged
from casework.notices.editions import every
from casework.people import colleagues
from casework.people.access import Principal
from casework.people.rights import Right

# A page that is asked for anew sends the same again: then it was oneself.
_MOVED: Final = "您打勾以后这里有了变化（同事办过，或者您刚刚办过）。打开看过，还要办的回去再选"
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


def of(
    principal: Principal, waiting_for: Iterable[str], sent: Mapping[str, str] = _NOTHING
) -> Mapping[str, Any]:
    """What the template of the bar reads. `waiting_for`: conditions that cases wait for; `sent`:
    what was written and chosen in the bar before, to be there again."""
    return {
        "typed": {name: sent.get(name, "") for name in ("reason", "finding", "to")},
        "points": _points(waiting_for) if principal.may(Right.RECORD_FINDING) else {},
        "colleagues": to_whom(principal),
        "may": {each.value for each in Right if principal.may(each)},
    }


def _points(waiting_for: Iterable[str]) -> dict[str, str]:
    """The conditions by code, each with what it is called; what no notice has is left out."""
    said = [
        {code: text["label"] for code, text in each.notice.conditions.items()} for each in every()
    ]
    known = {
        code: dict.fromkeys(labels[code] for labels in said if code in labels)
        for code in sorted(set(waiting_for))
    }
    return {code: "／".join(labels) for code, labels in known.items() if labels}


def why(code: str | None, message: object) -> str:
    """Why one of many was not done, to who ticked it; nothing of what was done."""
    return _MOVED if code == VersionChanged.code else str(message or "")


def to_whom(principal: Principal) -> list[tuple[str, str]]:
    """The colleagues that cases can be given to, each with their name."""
    if not principal.may(Right.ASSIGN):
        return []
    listed = colleagues.list_all(services().db, principal).items
    return [(each.label, each.name or each.label) for each in listed]
