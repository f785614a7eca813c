"""Screening over real HTTP: a verdict per provision, nothing stored, nothing kept by caches."""

from __future__ import annotations

from collections.abc import Callable

import jsonschema
import requests

from schemas.forms import FORMS
from store.db import Database
from tests.support.app import App
from tests.support.ledgers import scalar
from tests.support.packaged import example

TIMEOUT = 30


def test_a_screening_answers_for_every_provision_and_stores_nothing(
    launch_app: Callable[..., App], database: Database
) -> None:
    api = launch_app("api")
    url = f"{api.base_url}/api/v1/screenings"
    body = {
        "enterprise": example("m01_tenant")["enterprise"],
        "facts": {"m01_tenant": example("m01_tenant")["facts"]},
    }
    answer = requests.post(url, json=body, timeout=TIMEOUT)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    verdicts = {verdict["provision"]: verdict for verdict in answer.json()["verdicts"]}
    assert verdicts.keys() == FORMS.keys()
    assert all(verdict["clause"]["words"] for verdict in verdicts.values())

    document = requests.get(f"{api.base_url}/openapi.json", timeout=TIMEOUT).json()
    operation = document["paths"]["/api/v1/screenings"]["post"]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    jsonschema.validate(answer.json(), {**schema, "components": document["components"]})

    refused = requests.post(url, json={"facts": {"m99": {}}}, timeout=TIMEOUT)
    assert refused.status_code == 422
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert {(error["pointer"], error["code"]) for error in refused.json()["errors"]} == {
        ("/enterprise", "required"),
        ("/facts/m99", "unknown_provision"),
    }
    for table in ("application", "event", "work_item"):
        assert scalar(database, f"SELECT count(*) FROM {table}") == 0  # noqa: S608
    # A profile names an enterprise: none of it in the logs.
    assert body["enterprise"]["uscc"] not in (api.folder / "api.log").read_text()
