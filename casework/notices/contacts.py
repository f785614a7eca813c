"""Whom of which bureau a case is with, as the notice prints it."""

from __future__ import annotations

from collections.abc import Mapping

from rules.notice import Notice
from schemas.contacts import Contact
from vocabulary.events import EventType

NEW_LEAD = "由原牵头单位" + "或".join(kind.new_lead for kind in EventType if kind.new_lead)


def routed(notice: Notice, to: Mapping[str, str]) -> Contact:
    """The contact of a route."""
    reason = notice.content["route_reasons"].get(to["reason"], "")
    return Contact(**notice.contact(to["contact"]), reason=reason)


def lead(notice: Notice, provision: str, to: Mapping[str, str], bureau: str | None) -> Contact:
    """The contact that leads: the routed one, unless another bureau leads by now."""
    if bureau in (None, to["bureau"]):
        return routed(notice, to)
    return _of_bureau(notice, provision, bureau)


def _of_bureau(notice: Notice, provision: str, bureau: str) -> Contact:
    """A bureau's printed contact: for this measure, else its first, else the name alone."""
    measure = notice.provisions[provision]["measure"]
    contacts = notice.contacts
    own = [each for each in contacts if contacts[each]["bureau"] == bureau]
    own.sort(key=lambda each: measure not in contacts[each]["measures"])
    if own:
        return Contact(**notice.contact(own[0]), reason=NEW_LEAD)
    name = notice.name_of(bureau)
    return Contact(
        bureau=bureau,
        bureau_name=name,
        section="",
        name="",
        phone="",
        printed="",
        reason=NEW_LEAD,
    )
