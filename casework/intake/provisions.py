"""What the notice offers, for whoever fills in forms: clause, form, bureaus, contacts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any
from urllib.parse import urlencode

from casework.errors import NoticeUnknown
from casework.notices import editions
from casework.notices.editions import Edition, printed_contact
from config.settings import Settings
from schemas.contacts import PrintedContact
from schemas.form_set import Offer
from schemas.openapi import example, form_schema
from schemas.provisions import (
    Bureau,
    Materials,
    Notice,
    Provision,
    ProvisionList,
    ProvisionSummary,
    Route,
    Window,
)

Content = Mapping[str, Any]
"""A notice's data as loaded."""


def listing(settings: Settings, notice_id: str | None) -> ProvisionList:
    """Every provision one can apply under, in the notice's order, the notice itself, and all
    notices there are. Raises NoticeUnknown."""
    return _listing(_named(settings, notice_id).offer(settings))


@cache
def _listing(offer: Offer) -> ProvisionList:
    content = editions.edition(offer.notice).notice.content
    asked = "" if offer.is_default else "?" + urlencode({"notice": offer.notice})
    return ProvisionList(
        notice=_notice(content),
        provisions=[
            ProvisionSummary(**_summary(content, code), href=f"/api/v1/provisions/{code}{asked}")
            for code in content["provisions"]
        ],
        notices=[_notice(each.notice.content) for each in editions.every()],
    )


def provision(settings: Settings, notice_id: str | None, code: str) -> Provision | None:
    """One provision with its clause, form and contacts; None for an unknown code.

    Raises NoticeUnknown.
    """
    edition = _named(settings, notice_id)
    return _read(edition.offer(settings), code) if code in edition.notice.provisions else None


@cache
def _read(offer: Offer, code: str) -> Provision:
    notice = editions.edition(offer.notice).notice
    content = notice.content
    measure = content["provisions"][code]["measure"]
    printed = [
        _contact(content, name)
        for name, contact in content["contacts"].items()
        if measure in contact["measures"]
    ]
    return Provision(
        **_summary(content, code),
        notice=_notice(content),
        clause=content["measures"][measure],
        amount_note=content["provisions"][code].get("amount_note"),
        window=_window(notice.window(code)),
        materials=_materials(content["materials"].get(measure)),
        bureaus=[
            Bureau(id=bureau, **content["bureaus"][bureau])
            for bureau in dict.fromkeys(contact.bureau for contact in printed)
        ],
        contacts=printed,
        routes=[
            Route(
                reason=content["route_reasons"][route["reason"]],
                contacts=[_contact(content, name) for name in route["to"]],
            )
            for route in content["routing"][code]
        ],
        form=form_schema(offer, code),
        example=example(offer, code),
    )


def _named(settings: Settings, notice_id: str | None) -> Edition:
    edition = editions.named(settings, notice_id)
    if edition is None:
        raise NoticeUnknown
    return edition


def _notice(content: Content) -> Notice:
    told = content["notice"]
    return Notice(
        id=told["id"],
        title=told["title"],
        number=told["number"],
        issuer=told["issuer"],
        issued_on=date.fromisoformat(told["issued_on"]),
    )


def _summary(content: Content, code: str) -> dict[str, str]:
    entry = content["provisions"][code]
    return {"code": code, **{name: entry[name] for name in ("measure", "where", "title", "words")}}


def _window(told: Content | None) -> Window | None:
    if told is None:
        return None
    opens, closes = told.get("from"), told.get("until")
    return Window(
        opens_on=date.fromisoformat(opens) if opens else None,
        closes_on=date.fromisoformat(closes) if closes else None,
        source=told["source"],
        cite=told["cite"],
        words=told.get("words"),
    )


def _materials(told: Content | None) -> Materials | None:
    return None if told is None else Materials(**told)


def _contact(content: Content, name: str) -> PrintedContact:
    return PrintedContact(id=name, **printed_contact(content, name))
