"""Screening as a use case: stateless, JSON-ready, in Chinese."""

from __future__ import annotations

import json
from datetime import date
from typing import Any, cast

from casework.intake import screening
from schemas.forms import FORMS
from schemas.screenings import ScreeningAnswerSchema, load_screening

FIRM = {
    "uscc": "91110102MA00A001XU",
    "name": "测试企业甲",
    "kind": "enterprise",
    "registered_in": "chaoyang",
    "taxed_in": "xicheng",
}


def test_every_provision_answers_with_clause_contact_and_what_is_missing() -> None:
    asked = load_screening({"enterprise": FIRM})
    answer = screening.run("xicheng-2020-6", asked, date(2020, 6, 20))
    assert json.loads(json.dumps(answer, ensure_ascii=False)) == answer
    verdicts = {verdict["provision"]: verdict for verdict in answer["verdicts"]}
    assert set(verdicts) == set(FORMS)
    assert verdicts["m01_tenant"]["outcome"] == "ineligible"
    assert verdicts["m01_tenant"]["would_alter"] == ["若注册地和纳税地都在西城区，则可继续核对。"]
    assert {"pointer": "/facts/guarantees", "label": "担保业务", "source": ""} in verdicts[
        "m06_guarantee"
    ]["missing"]
    assert verdicts["m11_fintech"]["contact"]["phone"] == "82205552"


def test_the_answer_has_the_members_that_are_published() -> None:
    answer = screening.run("xicheng-2020-6", load_screening({"enterprise": FIRM}))
    published = ScreeningAnswerSchema().fields
    assert set(answer) == set(published)
    verdict = cast("Any", published["verdicts"]).inner.schema.fields
    assert all(set(row) == set(verdict) for row in answer["verdicts"])
