"""What a notice's data must satisfy. Every refusal names the table and the key."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from config.notices.text import NoticeDataError, foreign_quotations, plain

_QUESTION = re.compile(r"Q\d")
_UNITS = frozenset(
    {"share", "yuan", "persons", "days", "hours", "count", "months", "date", "text", "list"}
)
_SOURCES = frozenset({"notice", "city", "standard", "reading", "local_practice"})


def check(content: Mapping[str, Any]) -> None:
    """Raise :class:`NoticeDataError` at the first thing that is wrong."""
    _check_head(content)
    _check_roles(content)
    text = plain(content["text"])
    _check_bureaus(content, text)
    _check_contacts(content)
    _check_referrals(content)
    _check_quotations(content, text)
    _check_parameters(content, text)
    _check_routing(content)
    _check_windows(content, text)
    _check_materials(content, text)
    for table in ("lines", "route_reasons", "conditions", "provisions", "questions", "referrals"):
        _check_sentences(table, content[table], text)
    _check_sentences("parameters", content["parameters"], text)


def _check_sentences(where: str, value: Any, text: str) -> None:
    """Refuse a text that people read and that names an open question by its number, or that has
    in quotation marks what the notice does not say."""
    if isinstance(value, str) and _QUESTION.search(value):
        raise NoticeDataError(f"{where}: a sentence names a question by its number: {value}")
    if isinstance(value, str) and (odd := foreign_quotations(value, text)):
        raise NoticeDataError(f"{where}: not the notice's words in quotation marks: {odd}")
    if isinstance(value, Mapping | list):
        inner = value.items() if isinstance(value, Mapping) else enumerate(value)
        for key, each in inner:
            _check_sentences(f"{where} {key}", each, text)


def _check_head(content: Mapping[str, Any]) -> None:
    head = content["notice"]
    if not content["provisions"]:
        raise NoticeDataError("measures: no provision stands in any file")
    digest = hashlib.sha256(content["text"].encode()).hexdigest()
    if digest != head["text_sha256"]:
        raise NoticeDataError("notice.txt: not the text that notice.toml names")
    _date("notice", "issued_on", head["issued_on"])
    _span("notice", "in_force", head.get("in_force_from"), head.get("in_force_until"))


def _check_roles(content: Mapping[str, Any]) -> None:
    roles = content["roles"]
    known: Mapping[str, Mapping[str, Any]] = {
        "above_bureaus": content["deciders"],
        "rounding": content["questions"],
    }
    of_routes = roles.get("route_questions", {})
    for role in ("several_lead", "two_desks"):
        if role in of_routes and of_routes[role] not in content["questions"]:
            raise NoticeDataError(f"roles {role}: unknown {of_routes[role]}")
    individuals = roles.get("individual_businesses")
    if individuals and individuals["bureau"] not in content["bureaus"]:
        raise NoticeDataError(f"roles individual_businesses: unknown {individuals['bureau']}")
    if unknown := set(of_routes.get("desk_reasons", ())) - set(content["route_reasons"]):
        raise NoticeDataError(f"roles desk_reasons: unknown {sorted(unknown)}")
    for role, table in known.items():
        if role in roles and roles[role] not in table:
            raise NoticeDataError(f"roles {role}: unknown {roles[role]}")
    if unknown := set(roles["industry_reasons"]) - set(content["route_reasons"]):
        raise NoticeDataError(f"roles industry_reasons: unknown {sorted(unknown)}")


def _check_bureaus(content: Mapping[str, Any], text: str) -> None:
    for key, bureau in content["bureaus"].items():
        for printed in bureau["printed"]:
            if printed not in text:
                raise NoticeDataError(f"bureaus {key}: {printed} is not in the notice")


def _check_contacts(content: Mapping[str, Any]) -> None:
    for key, contact in content["contacts"].items():
        if unknown := set(contact["measures"]) - set(content["measures"]):
            raise NoticeDataError(f"contacts {key}: unknown measures {sorted(unknown)}")
        if contact["bureau"] not in content["bureaus"]:
            raise NoticeDataError(f"contacts {key}: unknown bureau {contact['bureau']}")
        if contact["printed"] not in content["text"]:
            raise NoticeDataError(f"contacts {key}: the printed line is not in the notice")
        if not any(
            name in contact["printed"] for name in content["bureaus"][contact["bureau"]]["printed"]
        ):
            raise NoticeDataError(f"contacts {key}: printed under another bureau")
        line = plain(contact["printed"])
        for name in ("section", "name", "phone", "scope"):
            if contact.get(name, "") not in line:
                raise NoticeDataError(f"contacts {key}: {name} is not in its printed line")


def _check_referrals(content: Mapping[str, Any]) -> None:
    for key, entry in content["referrals"].items():
        if unknown := set(entry.get("contacts", ())) - set(content["contacts"]):
            raise NoticeDataError(f"referrals {key}: unknown contacts {sorted(unknown)}")


def _check_quotations(content: Mapping[str, Any], text: str) -> None:
    for table in ("conditions", "provisions"):
        for key, entry in content[table].items():
            quoted = (entry["words"], *entry.get("limbs", {}).values())
            if entry.get("source", "notice") == "notice" and any(
                plain(words) not in text for words in quoted
            ):
                raise NoticeDataError(f"{table} {key}: words are not in the notice")
            for decider in (entry["decider"], *entry.get("deciders", {}).values()):
                if decider not in content["deciders"] | content["bureaus"]:
                    raise NoticeDataError(f"{table} {key}: unknown decider {decider}")
            told = {*content["lines"], *entry.get("reasons", {})}
            for name in ("deciders", "results", "found", "hints"):
                if odd := set(entry.get(name, {})) - told:
                    raise NoticeDataError(f"{table} {key}: {name} of unknown {sorted(odd)}")
    for key, entry in content["provisions"].items():
        if entry["measure"] not in content["measures"]:
            raise NoticeDataError(f"provisions {key}: unknown measure {entry['measure']}")
    special = [key for key, entry in content["provisions"].items() if entry.get("special")]
    if len(special) > 1:
        raise NoticeDataError(f"provisions {special}: only one can be for special difficulties")


def _check_parameters(content: Mapping[str, Any], text: str) -> None:
    spans: dict[str, list[tuple[date, date]]] = {}
    for entry in content["parameters"]:
        key = entry["key"]
        if entry["unit"] not in _UNITS:
            raise NoticeDataError(f"parameters {key}: unknown unit")
        if not _is_of_unit(entry["value"], entry["unit"]):
            raise NoticeDataError(f"parameters {key}: {entry['value']!r} is no {entry['unit']}")
        _check_source("parameters", key, entry, text)
        start, end = _span("parameters", key, entry["from"], entry.get("until"))
        if any(start <= until and since <= end for since, until in spans.get(key, ())):
            raise NoticeDataError(f"parameters {key}: two values in force on one day")
        spans.setdefault(key, []).append((start, end))


def _is_of_unit(value: Any, unit: str) -> bool:
    if unit in ("months", "list"):
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    if not isinstance(value, str):
        return False
    if unit == "text":
        return True
    try:
        return bool(date.fromisoformat(value)) if unit == "date" else Fraction(value) is not None
    except (ValueError, ZeroDivisionError):
        return False


def _check_routing(content: Mapping[str, Any]) -> None:
    if set(content["routing"]) != set(content["provisions"]):
        odd = sorted(set(content["routing"]) ^ set(content["provisions"]))
        raise NoticeDataError(f"routing: provisions without routes or routes without: {odd}")
    for key, rules in content["routing"].items():
        for rule in rules:
            if rule["reason"] not in content["route_reasons"]:
                raise NoticeDataError(f"routing {key}: unknown reason {rule['reason']}")
            for contact in rule["to"]:
                if contact not in content["contacts"]:
                    raise NoticeDataError(f"routing {key}: unknown contact {contact}")
        last = rules[-1]
        if last["when"] != "otherwise" or last.get("only_copy") or not last["to"]:
            raise NoticeDataError(f"routing {key}: the last rule must lead somewhere, always")


def _check_windows(content: Mapping[str, Any], text: str) -> None:
    for measure, window in content["windows"].items():
        if measure not in (*content["measures"], "*"):
            raise NoticeDataError(f"windows {measure}: unknown measure")
        _check_source("windows", measure, window, text)
        if not {"from", "until"} & set(window):
            raise NoticeDataError(f"windows {measure}: neither begins nor ends")
        _span("windows", measure, window.get("from"), window.get("until"))


def _check_materials(content: Mapping[str, Any], text: str) -> None:
    for measure, listed in content["materials"].items():
        if measure not in content["measures"]:
            raise NoticeDataError(f"materials {measure}: unknown measure")
        _check_source("materials", measure, listed, text)
        if listed["source"] == "notice" and any(plain(one) not in text for one in listed["items"]):
            raise NoticeDataError(f"materials {measure}: not all are in the notice")


def _check_source(table: str, key: str, entry: Mapping[str, Any], text: str) -> None:
    """Whose word it is: with a citation, and in the notice's own words where it is the notice's."""
    if entry["source"] not in _SOURCES:
        raise NoticeDataError(f"{table} {key}: unknown source")
    if not entry["cite"].strip():
        raise NoticeDataError(f"{table} {key}: no citation")
    if entry["source"] == "notice" and plain(entry.get("words") or "✗") not in text:
        raise NoticeDataError(f"{table} {key}: words are not in the notice")


def _span(table: str, key: str, begins: Any, ends: Any) -> tuple[date, date]:
    """First and last day; None stands for no first or no last one."""
    first = _date(table, key, begins) if begins is not None else date.min
    last = _date(table, key, ends) if ends is not None else date.max
    if last < first:
        raise NoticeDataError(f"{table} {key}: ends before it begins")
    return first, last


def _date(table: str, key: str, value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise NoticeDataError(f"{table} {key}: {value!r} is not a date") from error
