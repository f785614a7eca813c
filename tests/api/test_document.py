"""The OpenAPI document is the one that was agreed: whoever changes it changes it knowingly.

After a change that is meant: ``.venv/bin/python -m tests.api.test_document``, and read the
difference before committing it.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from api import openapi
from api.app import create_app
from casework.people.rights import RIGHTS, Right
from config.settings import Settings
from tests.support.keys import TEST_RING, TEST_SECRET_KEY
from vocabulary.cases import State
from vocabulary.outcomes import Outcome
from vocabulary.people import Role

FREE: Final = {("Case", "application")}
"""An application is of one of many forms, each published by itself."""
AGREED: Final = Path(__file__).parents[1] / "data" / "openapi.json"


def built() -> str:
    """The document as text that can be compared line by line."""
    app = create_app(
        Settings(
            database_url="postgresql+psycopg://nobody@127.0.0.1:1/none",
            redis_url="redis://127.0.0.1:1/0",
            secret_key=TEST_SECRET_KEY,
            data_keys=TEST_RING,
        )
    )
    document = json.loads(openapi.document(app))
    return json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def test_the_document_is_the_agreed_one() -> None:
    agreed, present = (text.splitlines() for text in (AGREED.read_text(encoding="utf-8"), built()))
    changed = difflib.unified_diff(agreed, present, "agreed", "present", lineterm="", n=8)
    assert "\n".join(changed) == ""


def test_the_document_speaks_json_schema_and_problems_may_say_more() -> None:
    document = json.loads(built())
    schemas = document["components"]["schemas"]
    assert schemas["Problem"]["additionalProperties"] is True, "a 409 says what is allowed"
    for schema in described(document):
        assert schema.get("format") != "url"
        if schema.get("type") == "object":
            assert not {"minLength", "maxLength"} & schema.keys()
    values = schemas["SupplementAnswer"]["properties"]["values"]
    assert (values["minProperties"], values["maxProperties"]) == (1, 100)


def test_closed_words_are_lists_of_their_own_in_answers_and_in_requests() -> None:
    document = json.loads(built())
    schemas = document["components"]["schemas"]
    for name, words in (("State", State), ("Outcome", Outcome), ("Role", Role)):
        assert schemas[name]["enum"] == [word.value for word in words]
    status = schemas["Status"]["properties"]
    assert status["state"]["$ref"] == "#/components/schemas/State"
    assert {"type": "null"} in status["outcome"]["anyOf"]
    assert schemas["LoggedIn"]["properties"]["roles"]["items"]["$ref"].endswith("/Role")
    filters = document["paths"]["/api/v1/cases"]["get"]["parameters"]
    asked = {each["name"]: each["schema"] for each in filters}
    assert asked["outcome"]["$ref"] == "#/components/schemas/Outcome"
    assert asked["state"]["items"]["$ref"] == "#/components/schemas/State"
    (state,) = (each for each in filters if each["name"] == "state")
    assert (state["style"], state["explode"]) == ("form", False), "with commas between"
    assert asked["amount_from"]["type"] == "string"
    assert [each for each in described(document) if "x-words" in each] == []


def test_the_parts_of_an_explanation_say_what_they_hold() -> None:
    document = json.loads(built())
    schemas = document["components"]["schemas"]
    assert schemas["Verdict"]["properties"]["outcome"]["$ref"] == "#/components/schemas/Outcome"
    for name in ("Assessment", "Verdict", "CaseSummary", "Case", "Status"):
        for member, told in schemas[name]["properties"].items():
            untyped = told.get("items", told)
            is_open = untyped.get("type") == "object" and not untyped.get("properties")
            assert not is_open or (name, member) in FREE, (name, member)
    value = schemas["NoticeParameter"]["properties"]["value"]
    assert [each["type"] for each in value["oneOf"]] == ["string", "array"]


def test_who_exports_another_bureaus_cases_is_who_it_says() -> None:
    export = json.loads(built())["components"]["schemas"]["ExportRequest"]["properties"]["bureau"]
    may = RIGHTS[Right.EXPORT] & RIGHTS[Right.ALL_BUREAUS]
    assert {role for role in Role if role.label in export["description"]} == may


def test_the_document_lists_every_code_of_a_refusal() -> None:
    document = json.loads(built())
    listed = {each["code"]: each["status"] for each in document["x-problem-codes"]}
    assert listed["idempotency_conflict"] == 422
    assert (listed["illegal_move"], listed["database_unavailable"]) == (409, 503)
    assert "required" in {each["code"] for each in document["x-field-error-codes"]}


def described(part: Any) -> Iterator[dict[str, Any]]:
    """Every object in a document."""
    if isinstance(part, dict):
        yield part
    for each in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from described(each)


if __name__ == "__main__":
    AGREED.write_text(built(), encoding="utf-8")
