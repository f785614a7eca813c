"""A filter that is typed wrong is refused by name: it never finds nothing instead, on any route."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from flask.testing import FlaskClient

from api.app import create_app
from casework.people import tokens
from config.settings import Settings
from store.db import Database
from tests.support.ledgers import scalar
from vocabulary.people import Role

AGREED: Final = Path(__file__).parents[1] / "data" / "openapi.json"
BUREAU: Final = "sasac"
NOPE: Final = "nope"

# Texts that name something that there is or is not: a right one, and the code of a wrong one.
NAMED: Final = {
    "provision": ("m01_tenant", "unknown_provision"),
    "bureau": (BUREAU, "unknown_bureau"),
    "lead": ("finance", "unknown_bureau"),
    "waiting_for": ("1.3", "unknown_condition"),
    "question": ("Q22", "unknown_question"),
    "name": ("DETERMINE_WORKING_DAYS", "unknown_practice"),
    "notice": (Settings.notice_id, "unknown_notice"),
}
OPEN: Final = {
    "q": "a search",
    "person": "whoever acted, also an account that is gone",
    "case": "a receipt: whether there is such a one is not told",
    "cursor": "given out by the list itself",
    "assignee": "a colleague, also one who has left",
}
"""Parameters of free text, by name, and why any text is right."""


class Filter(NamedTuple):
    """A parameter of a route, or a pair of them."""

    path: str
    name: str
    schema: Mapping[str, Any]


def filters() -> Iterator[Filter]:
    """Every parameter of every GET route, as the agreed document has it."""
    document = json.loads(AGREED.read_text(encoding="utf-8"))
    for path, methods in document["paths"].items():
        for said in methods.get("get", {}).get("parameters", ()):
            each = _at(document, said)
            if each["in"] == "query":
                yield Filter(path, each["name"], _at(document, each["schema"]))


def _at(document: Any, part: dict[str, Any]) -> dict[str, Any]:
    for step in part.get("$ref", "").split("/")[1:]:
        document = document[step]
    return document if "$ref" in part else part


class Filters(NamedTuple):
    """The API over a real database, asked by whoever may ask."""

    client: FlaskClient
    heads: list[dict[str, str]]

    def ask(self, path: str, **query: str) -> tuple[int, list[tuple[str, str]]]:
        """The status, and what was wrong where. Parameters are looked at before any number."""
        return self._first("GET", path, query_string=query)

    def send(self, path: str, **body: str) -> tuple[int, list[tuple[str, str]]]:
        """The same of a POST."""
        return self._first("POST", path, json=body)

    def _first(self, method: str, path: str, **sent: Any) -> tuple[int, list[tuple[str, str]]]:
        plain = path.replace("{", "").replace("}", "")
        for head in self.heads:
            told = self.client.open(plain, method=method, headers=head, **sent)
            if told.status_code != 403:
                break
        said = told.get_json(silent=True) or {}
        return told.status_code, [(it["pointer"], it["code"]) for it in said.get("errors", ())]


@pytest.fixture
def api(database: Database, settings: Settings) -> Filters:
    heads = [
        {
            "Authorization": "Bearer "
            + tokens.create(database, settings, bureau=BUREAU, role=role, label=f"测试{role}")
        }
        for role in (Role.SUPERVISOR, Role.AUDITOR, Role.ADMIN)
    ]
    return Filters(create_app(settings).test_client(), heads)


def _is_closed(schema: Mapping[str, Any]) -> bool:
    """Whether the document itself says which values there are."""
    return bool({"enum", "format", "anyOf"} & schema.keys()) or schema["type"] != "string"


def test_every_text_that_names_something_is_refused_if_there_is_no_such_thing(
    api: Filters,
) -> None:
    every = [each for each in filters() if not _is_closed(each.schema)]
    strange = {each.name for each in every} - NAMED.keys() - OPEN.keys() - _amounts()
    assert strange == set(), "say which words such a filter takes, or why any"
    asked = [each for each in every if each.name in NAMED]
    assert {each.name for each in asked} == NAMED.keys()
    assert len(asked) > 20
    for each in asked:
        right, code = NAMED[each.name]
        assert api.ask(each.path, **{each.name: NOPE}) == (422, [(f"/query/{each.name}", code)])
        assert api.ask(each.path, **{each.name: right})[0] in {200, 404}, each


def test_every_closed_list_is_held_to(api: Filters) -> None:
    closed = [each for each in filters() if each.schema.get("enum") or "items" in each.schema]
    assert len(closed) > 5
    for each in closed:
        wrong = (422, [(f"/query/{each.name}", "invalid_choice")])
        assert api.ask(each.path, **{each.name: NOPE}) == wrong


def test_nothing_ends_before_it_begins(api: Filters) -> None:
    every = {(each.path, each.name): each.schema for each in filters()}
    ranges = [
        (path, name, f"{name.removesuffix('from')}to", schema)
        for (path, name), schema in every.items()
        if name.endswith("_from")
    ]
    assert len(ranges) > 10
    for path, begins, ends, schema in ranges:
        is_of_days = schema.get("format") == "date"
        high, low = ("2020-03-02", "2020-03-01") if is_of_days else ("5.00", "3.00")
        code = "ends_before_start" if is_of_days else "most_below_least"
        assert api.ask(path, **{begins: high, ends: low}) == (422, [(f"/query/{ends}", code)])
        assert api.ask(path, **{begins: low, ends: low})[0] == 200


def _amounts() -> set[str]:
    return {each.name for each in filters() if each.name.startswith("amount_")}


@pytest.mark.parametrize("path", ["/api/v1/exports", "/api/v1/cases/exports"])
def test_an_export_is_of_something_that_there_is(
    api: Filters, database: Database, path: str
) -> None:
    refused = api.send(path, format="csv", provision=NOPE)
    assert refused == (422, [("/provision", "unknown_provision")])
    turned = api.send(path, format="csv", received_from="2020-03-02", received_to="2020-03-01")
    assert turned == (422, [("/received_to", "ends_before_start")])
    assert scalar(database, "SELECT count(*) FROM export") == 0


def test_what_a_notice_said_that_is_gone_is_still_asked_for(
    api: Filters, database: Database
) -> None:
    gone = {
        "provisions": {"g01_gone": {}},
        "bureaus": {"gone_bureau": {}},
        "conditions": {"9.9": {}},
        "questions": {"Q99": {}},
        "roles": {"above_bureaus": "gone_government"},
    }
    asked = [
        ("/api/v1/cases", "provision", "g01_gone"),
        ("/api/v1/payments", "lead", "gone_bureau"),
        ("/api/v1/payments", "lead", "gone_government"),
        ("/api/v1/cases", "waiting_for", "9.9"),
        ("/api/v1/cases", "question", "Q99"),
    ]
    assert [api.ask(path, **{name: text})[0] for path, name, text in asked] == [422] * len(asked)
    with database.transaction() as conn:
        conn.exec_driver_sql(
            "INSERT INTO parameter_set (hash, notice_id, content, first_seen)"
            " VALUES ('\\x00', 'gone-2019-1', %(content)s::jsonb, app_now())",
            {"content": json.dumps(gone)},
        )
    assert [api.ask(path, **{name: text})[0] for path, name, text in asked] == [200] * len(asked)
    assert api.ask("/api/v1/cases", provision="gone_bureau")[0] == 422, "that is a bureau"
