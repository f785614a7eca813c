"""A form from its first page to its receipt, without a browser and without a script."""

from __future__ import annotations

import pytest

from tests.support.form_pages import FormPages
from tests.support.ledgers import column, scalar
from tests.support.office import Office
from tests.support.packaged import PACKAGED, example, load_application
from web.app import create_app
from web.parts.forms import typed
from web.parts.forms.of_schema import form_of

TENANT = "m01_tenant"
AT = f"/apply/{TENANT}"
DECLARED = {"declared": "1"}


@pytest.fixture
def pages(office: Office) -> FormPages:
    return FormPages(create_app(office.settings).test_client())


def answers(provision: str) -> dict[str, str]:
    form = form_of(PACKAGED.notice, provision)
    assert form is not None
    return typed.as_typed(form, example(provision))


def fill(pages: FormPages, provision: str = TENANT) -> None:
    """Every step of the published example, each sent as its page sends it."""
    form = form_of(PACKAGED.notice, provision)
    assert form is not None
    given = answers(provision)
    pages.begin(provision)
    for step in form.steps:
        own = {
            name: text.split("\n")
            for name, text in given.items()
            if form.step_of(name.removesuffix("#")) is step
        }
        pages.send(f"/apply/{provision}/{step.code}", {**own, "live": "1"})
    assert "材料" in pages.text


def test_what_is_filed_is_what_the_api_makes_of_it(office: Office, pages: FormPages) -> None:
    fill(pages)
    page = pages.open(f"{AT}/check")
    assert "尚未提交" in page
    assert "暂算，不是认定" in page
    page = pages.send(f"{AT}/check", {})
    assert "错误：" in page
    assert scalar(office.db, "SELECT count(*) FROM application") == 0
    pages.open(f"{AT}/check")
    pages.send(f"{AT}/check", DECLARED)
    (facts,) = column(office.db, "SELECT facts FROM application")
    assert facts == load_application(example(TENANT)).facts
