"""The envelope: every fault with its place, and no word of English for anybody."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from marshmallow import Schema, fields

from schemas.enterprise import ENTERPRISE
from schemas.forms import FORMS
from schemas.kit.format_errors import FormatErrors, flatten, pointer
from schemas.kit.refusals import SENTENCES
from tests.support.packaged import example, load_application
from tests.support.scenarios.judging import judge

PROVISIONS = sorted(FORMS)
# Values no field takes all of: of every JSON type, and of every way to be malformed.
NONSENSE: list[Any] = [
    None,
    True,
    -1,
    10**25,
    Decimal("1.234"),
    "",
    "\x00",
    "没有这样的值" * 500,
    "2020-02-30",
    [],
    [[]],
    [None] * 3,
    {},
    {"没有": 1},
]


def _errors(raw: object) -> set[tuple[str, str]]:
    with pytest.raises(FormatErrors) as refused:
        load_application(raw)
    return {(error.pointer, error.code) for error in refused.value.errors}


@pytest.mark.parametrize("raw", [None, [], "x", 1, Decimal(1), True])
def test_an_application_is_an_object(raw: object) -> None:
    assert _errors(raw) == {("", "invalid_object")}


def test_an_empty_object_lacks_all_three_parts() -> None:
    assert _errors({}) == {
        ("/provision", "required"),
        ("/enterprise", "required"),
        ("/facts", "required"),
    }


def test_faults_of_all_parts_are_reported_at_once() -> None:
    raw = example(PROVISIONS[0])
    raw["enterprise"]["uscc"] = "91350100M000100Y44"
    raw["facts"]["没有"] = 1
    raw["a/b~c"] = 1
    assert _errors(raw) == {
        ("/enterprise/uscc", "invalid_uscc_check"),
        ("/facts/没有", "unknown_field"),
        ("/a~1b~0c", "unknown_field"),
    }


@pytest.mark.parametrize(
    ("provision", "code"),
    [("m99_none", "unknown_provision"), (1, "invalid_string"), (["m01_tenant"], "invalid_string")],
)
def test_an_unknown_provision_is_refused(provision: object, code: str) -> None:
    assert ("/provision", code) in _errors({**example(PROVISIONS[0]), "provision": provision})


@pytest.mark.parametrize("provision", PROVISIONS)
def test_the_published_example_is_taken_and_normal(provision: str) -> None:
    submission = load_application(example(provision))
    assert submission.provision == provision
    # Normalising is idempotent: what was normalised is taken again and stays the same.
    again = load_application(submission.document())
    assert again == submission
    assert again.canonical() == submission.canonical()


@pytest.mark.parametrize("provision", PROVISIONS)
def test_normalising_writes_what_the_forms_would_write(provision: str) -> None:
    raw = example(provision)
    submission = load_application(raw)
    for schema, part, normal in (
        (ENTERPRISE, "enterprise", submission.enterprise),
        (FORMS[provision], "facts", submission.facts),
    ):
        assert schema.dump(schema.load(raw[part])) == normal


def test_equal_applications_have_equal_bytes_however_they_are_written() -> None:
    raw = example(PROVISIONS[0])
    other = dict(reversed(list(raw.items())))
    other["enterprise"] = {
        **raw["enterprise"],
        "uscc": raw["enterprise"]["uscc"].lower(),
        "revenue": Decimal(raw["enterprise"]["revenue"]),
    }
    assert load_application(other).canonical() == load_application(raw).canonical()


def test_pointers_are_rfc_6901() -> None:
    assert pointer("a/b", "~", 0, "") == "/a~1b/~0/0/"
    tree = {"leases": {0: {"rent": ["x"]}, "_schema": ["y"]}, "_schema": ["z"]}
    assert [error.pointer for error in flatten(tree, "/facts")] == [
        "/facts/leases/0/rent",
        "/facts/leases",
        "/facts",
    ]


def _places(schema: Schema, steps: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Every place of a filled-in form, nested ones too."""
    for name, field in schema.load_fields.items():
        here = (*steps, name)
        if isinstance(field, fields.List):
            yield here
            yield from _inside(field.inner, (*here, 0))
        else:
            yield from _inside(field, here)
    yield (*steps, "没有这一项")


def _inside(field: fields.Field[Any], here: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    yield here
    if isinstance(field, fields.Nested):
        yield from _places(field.schema, here)


def _with(raw: dict[str, Any], steps: tuple[Any, ...], value: object) -> dict[str, Any]:
    changed = copy.deepcopy(raw)
    inner: Any = changed
    for step in steps[:-1]:
        inner = inner[step]
    inner[steps[-1]] = value
    return changed


@pytest.mark.parametrize("provision", PROVISIONS)
def test_no_field_of_any_form_answers_in_english_or_breaks(provision: str) -> None:
    whole = example(provision)
    places = [
        *_places(ENTERPRISE, ("enterprise",)),
        *_places(FORMS[provision], ("facts",)),
    ]
    refused = set()
    for place in places:
        for value in NONSENSE:
            try:
                load_application(_with(whole, place, value))
            except FormatErrors as errors:
                refused.add(place)
                for error in errors.errors:
                    assert error.code in SENTENCES, (place, value, error)
                    assert not _english(error.message), (place, value, error)
                    assert error.pointer.startswith(pointer(place[0])), (place, value, error)
    assert refused == set(places)


def _english(message: str) -> bool:
    """Two English words in a row, or no Chinese at all."""
    return bool(re.search("[A-Za-z]+ [A-Za-z]+", message)) or not re.search("[一-龥]", message)


@pytest.mark.parametrize("provision", PROVISIONS)
def test_the_published_example_makes_sense(provision: str) -> None:
    body = example(provision)
    judged = judge(provision, body["enterprise"], body["facts"])
    against = [f for f in judged.explained["findings"] if f["result"] == "false"]
    assert not against
    assert not judged.explained["missing"]
    facts = body["facts"]
    assert facts.get("dismissed", 0) == 0
    assert not facts.get("in_clearance_scope")
    for item in (*facts.get("leases", ()), *facts.get("shops", ())):
        assert item.get("ends_on", "9999") > item.get("starts_on", "")
