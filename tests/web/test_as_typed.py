"""What somebody typed is shown as it was typed; days are written as people write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from marshmallow import Schema, fields

from casework.acts import supplement
from casework.acts.determine import Decision
from schemas.enterprise import ENTERPRISE
from schemas.findings import Finding
from schemas.forms import FORMS
from schemas.kit.fields import DateField, Month
from tests.support import visitor
from tests.support.applications import tenant_body
from tests.support.desk_client import DeskClient
from tests.support.office import OFFICER, Office, decide
from vocabulary.days import plain_day
from vocabulary.people import Role
from web.app import create_app
from web.parts.writing import answered


def asked(form: Schema) -> Iterator[tuple[str, fields.Field[Any]]]:
    """Every question of a form, by its name."""
    for name, field in form.fields.items():
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            yield from asked(inner.schema)
        else:
            yield name, inner


@pytest.mark.parametrize("form", [ENTERPRISE, *FORMS.values()], ids=["enterprise", *FORMS])
def test_days_alone_are_written_in_words(form: Schema) -> None:
    for name, field in asked(form):
        is_day = isinstance(field, DateField | Month)
        said = [answered(each, f"/facts/leases/0/{name}") for each in ("2020-05-11", "2020-05")]
        assert said == (["2020年5月11日", "2020年5月"] if is_day else ["2020-05-11", "2020-05"])


def test_a_number_that_looks_like_a_day_or_a_sum_stays_as_it_was_typed(office: Office) -> None:
    body = tenant_body(lease_no="2019-01-12")
    body["facts"]["difficulty"] = "1234.50"
    body["facts"]["leases"][0]["address"] = "西城区测试路2020-03-01号院"
    filed = office.submit(body)
    who = visitor.visitor(create_app(office.settings))
    visitor.has_filed(who, filed)
    page = who.pages.client.get("/status/data").text
    for typed in ("2019-01-12", "1234.50", "西城区测试路2020-03-01号院"):
        assert f">{typed}<" in page
    assert ">2019年1月1日<" in page


def test_what_an_officer_wrote_stays_and_days_of_ours_are_written_in_words(office: Office) -> None:
    """On the applicant's page and on the desk's, in findings, on the timeline and on the trail."""
    typed = "2020-03-01签的合同"
    filed = office.submit()
    until = office.in_days(9)
    supplement.request(
        office.db, office.settings, OFFICER, filed.receipt, office.seen(filed.receipt),
        fields=["/facts/leases/0/rent"], reason=f"请补{typed}", due_on=until,
    )  # fmt: skip
    supplement.close(
        office.db, office.settings, OFFICER, filed.receipt, office.seen(filed.receipt),
        reason=f"已见{typed}",
    )  # fmt: skip
    office.assess_all()
    found = (Finding("1.5", result=False, note=f"未见{typed}"),)
    decide(office, filed.receipt, Decision(granted=False, amount=None, reason="不", findings=found))
    simple = replace(office.settings.accounts, second_factor=False)
    app = create_app(replace(office.settings, accounts=simple))
    who = visitor.visitor(app)
    visitor.has_filed(who, filed)
    desk = DeskClient(app).enter(office, "test.jia", Role.OFFICER, Role.SUPERVISOR)
    case = f"/desk/cases/{filed.receipt}"
    for page in (who.pages.open("/status"), desk.get(case).text, desk.get(f"{case}/trail").text):
        said = re.sub(r"<[^>]*>", "", page)
        assert f"已见{typed}" in said
        assert f"期限{plain_day(until)}" in said
        assert until.isoformat() not in said
        assert f"未见{typed}" in said or "全部经过" in said
