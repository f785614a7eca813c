"""What the notice offers, for whoever fills in forms: clause, form, bureaus, contacts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from casework.editions import printed_contact
from config.notices import load_notice
from schemas.forms import FORMS
from schemas.openapi import example, form_schema

_NOTICE_MEMBERS = ("id", "title", "number", "issuer", "issued_on")


@cache
def listing(notice_id: str) -> Mapping[str, Any]:
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
def provision(notice_id: str, code: str) -> Mapping[str, Any] | None:
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
    return {
        **_summary(content, code),
        "notice": _notice(content),
        "clause": content["measures"][measure],
        "amount_note": content["provisions"][code].get("amount_note"),
        "bureaus": [
            content["bureaus"][bureau] | {"id": bureau}
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


def _codes(content: Mapping[str, Any]) -> list[str]:
    return [code for code in content["provisions"] if code in FORMS]


def _notice(content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: content["notice"][name] for name in _NOTICE_MEMBERS}


def _summary(content: Mapping[str, Any], code: str) -> dict[str, Any]:
    entry = content["provisions"][code]
    return {"code": code, **{name: entry[name] for name in ("measure", "where", "title", "words")}}


def _contact(content: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {"id": name, **printed_contact(content, name)}
