"""What a form marks as needed is what nothing is decided without."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from marshmallow import Schema, fields

from schemas.forms import FORMS
from tests.support.scenarios.chain import CHAINS
from tests.support.scenarios.finance import GUARANTEES
from tests.support.scenarios.judging import Scenario, judge
from tests.support.scenarios.landlord import CARRIERS, LANDLORDS
from tests.support.scenarios.rent import TENANTS
from tests.support.scenarios.school import SCHOOLS
from tests.support.scenarios.services import NEIGHBOURS, SERVICES
from tests.support.scenarios.training import TRAINING

COMPLETE = {"T01", "L01", "P01", "E08", "K01", "G03", "S01", "F09", "F10", "F13", "V01"}
RENT = (*TENANTS, *LANDLORDS, *CARRIERS, *SCHOOLS, *CHAINS)
CHOSEN = [s for s in (*RENT, *GUARANTEES, *TRAINING, *SERVICES, *NEIGHBOURS) if s.id in COMPLETE]


def without_each_needed(schema: Schema, facts: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """(name, facts without it) for every needed fact that is given, list items included."""
    for name, field in schema.fields.items():
        if name not in facts:
            continue
        if field.metadata.get("x-needed-to-decide"):
            yield name, {key: value for key, value in facts.items() if key != name}
        if isinstance(field, fields.List) and isinstance(field.inner, fields.Nested):
            for inner, item in without_each_needed(field.inner.schema, facts[name][0]):
                yield f"{name}/0/{inner}", {**facts, name: [item, *facts[name][1:]]}


@pytest.mark.parametrize("scenario", CHOSEN, ids=str)
def test_without_a_needed_fact_the_application_is_incomplete_and_says_what_lacks(
    scenario: Scenario,
) -> None:
    tried = list(without_each_needed(FORMS[scenario.provision], scenario.facts))
    assert tried
    for name, facts in tried:
        judged = judge(scenario.provision, scenario.enterprise, facts).assessment
        assert judged.outcome == "incomplete", name
        assert judged.amount is None
        assert any(pointer.startswith(f"/facts/{name}") for pointer in judged.missing), name
