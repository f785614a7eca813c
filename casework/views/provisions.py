"""What the notice offers, for whoever fills in forms: clause, form, bureaus, contacts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypedDict

from casework.editions import printed_contact
from config.notices import load_notice
from schemas.forms import FORMS
from schemas.openapi import example, form_schema

Content = Mapping[str, Any]
"""A notice's data as loaded."""

_NOTICE_MEMBERS = ("id", "title", "number", "issuer", "issued_on")


class Listing(TypedDict):
    """Every provision one can apply under, and the notice it stands in."""

    notice: Mapping[str, str]
    provisions: list[Mapping[str, str]]


class Route(TypedDict):
    """One rule of where applications go."""

    reason: str
    contacts: Sequence[Mapping[str, str]]


class Provision(TypedDict):
    """A provision with everything needed to apply."""

    code: str
    measure: str
    where: str
    title: str
    words: str
    notice: Mapping[str, str]
    clause: str
    amount_note: str | None
    bureaus: Sequence[Mapping[str, object]]
    contacts: Sequence[Mapping[str, str]]
    routes: list[Route]
    form: Mapping[str, object]
    example: Mapping[str, object]


@cache
def listing(notice_id: str) -> Listing:
    """Every provision one can apply under, in the notice's order, and the notice itself."""
    content = load_notice(notice_id).content
    return {
        "notice": _notice(content),
        "provisions": [
            {**_summary(content, code), "href": f"/api/v1/provisions/{code}"}
            for code in _codes(content)
        ],
    }


@cache
def provision(notice_id: str, code: str) -> Provision | None:
    """One provision with its clause, form and contacts; None for an unknown code."""
    content = load_notice(notice_id).content
    if code not in _codes(content):
        return None
    measure = content["provisions"][code]["measure"]
    printed = [
        _contact(content, name)
        for name, contact in content["contacts"].items()
        if measure in contact["measures"]
    ]
    summary = _summary(content, code)
    return {
        "code": code,
        "measure": summary["measure"],
        "where": summary["where"],
        "title": summary["title"],
        "words": summary["words"],
        "notice": _notice(content),
        "clause": content["measures"][measure],
        "amount_note": content["provisions"][code].get("amount_note"),
        "bureaus": [
            {**content["bureaus"][bureau], "id": bureau}
            for bureau in dict.fromkeys(contact["bureau"] for contact in printed)
        ],
        "contacts": printed,
        "routes": [
            {
                "reason": content["route_reasons"][route["reason"]],
                "contacts": [_contact(content, name) for name in route["to"]],
            }
            for route in content["routing"][code]
        ],
        "form": form_schema(code),
        "example": example(code),
    }


def _codes(content: Content) -> list[str]:
    return [code for code in content["provisions"] if code in FORMS]


def _notice(content: Content) -> dict[str, str]:
    return {name: content["notice"][name] for name in _NOTICE_MEMBERS}


def _summary(content: Content, code: str) -> dict[str, str]:
    entry = content["provisions"][code]
    return {"code": code, **{name: entry[name] for name in ("measure", "where", "title", "words")}}


def _contact(content: Content, name: str) -> dict[str, str]:
    return {"id": name, **printed_contact(content, name)}
