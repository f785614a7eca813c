"""What the notice offers, for whoever fills in forms: clause, form, bureaus, contacts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from casework.editions import edition, printed_contact
from schemas.contacts import PrintedContact
from schemas.forms import FORMS
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


@cache
def listing(notice_id: str) -> ProvisionList:
    """Every provision one can apply under, in the notice's order, and the notice itself."""
    content = edition(notice_id).notice.content
    return ProvisionList(
        notice=_notice(content),
        provisions=[
            ProvisionSummary(**_summary(content, code), href=f"/api/v1/provisions/{code}")
            for code in _codes(content)
        ],
    )


@cache
def provision(notice_id: str, code: str) -> Provision | None:
    """One provision with its clause, form and contacts; None for an unknown code."""
    notice = edition(notice_id).notice
    content = notice.content
    if code not in _codes(content):
        return None
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
        form=form_schema(code),
        example=example(code),
    )


def _codes(content: Content) -> list[str]:
    return [code for code in content["provisions"] if code in FORMS]


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
