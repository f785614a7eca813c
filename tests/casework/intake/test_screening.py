"""Screening as a use case: stateless, JSON-ready, in Chinese."""

from __future__ import annotations

import json
from datetime import date

from casework.intake import screening
from config.settings import Settings
from schemas.forms import FORMS
from tests.support.packaged import load_screening
from tests.support.wire import wire

FIRM = {
    "uscc": "91110102MA00A001XU",
    "name": "测试企业甲",
    "kind": "enterprise",
    "registered_in": "chaoyang",
    "taxed_in": "xicheng",
}


def test_every_provision_answers_with_clause_contact_and_what_is_missing(
    settings: Settings,
) -> None:
    asked = load_screening({"enterprise": FIRM})
    answer = wire(screening.run(settings, asked, date(2020, 6, 20)))
    assert json.loads(json.dumps(answer, ensure_ascii=False)) == answer
    verdicts = {verdict["provision"]: verdict for verdict in answer["verdicts"]}
    assert set(verdicts) == set(FORMS)
    assert verdicts["m01_tenant"]["outcome"] == "ineligible"
    assert verdicts["m01_tenant"]["would_alter"] == ["若注册地和纳税地都在西城区，则可继续核对。"]
    assert {"pointer": "/facts/guarantees", "label": "担保业务", "source": ""} in verdicts[
        "m06_guarantee"
    ]["missing"]
    assert verdicts["m11_fintech"]["contact"]["phone"] == "82205552"
