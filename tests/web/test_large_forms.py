"""The largest draft that a form takes: its pages stay small, and none takes anything from another.

What is counted is what goes over the wire to a browser that knows nothing yet: the page with gzip,
which every browser asks for, and the styles and scripts that it names.
"""

from __future__ import annotations

import gzip
import random
import re
from collections.abc import Iterator
from typing import Final

import pytest
from flask import Flask

from api.services import of
from casework.acts import supplement
from casework.intake import drafts
from casework.views import own_data
from schemas.forms import FORMS
from tests.support.applications import tenant_body, uscc
from tests.support.browser import MOST_BYTES
from tests.support.form_pages import FormPages
from tests.support.office import OFFICER, Office
from tests.support.packaged import PACKAGED, example
from web.app import create_app
from web.parts.forms import leaves, typed
from web.parts.forms.of_schema import form_of
from web.parts.forms.shapes import COUNT, ID, Control, Field, Form, Group, Step, Typed
from web.portal.draft_size import MOST_QUESTIONS

TENANT = "m01_tenant"
LEASES = f"/apply/{TENANT}/leases"
AT: Final = "/facts/leases"
_LINKED = re.compile(r'(?:href|src)="(/assets/[^"]+)"')
REPEATED = {
    code: step
    for code in sorted(FORMS)
    for form in [form_of(PACKAGED.notice, code)]
    if form is not None
    for step in form.steps
    if isinstance(step.parts[0], Group) and step.parts[0].most
}
"""The forms with something of which there may be many, and the step that asks for it."""
DEEP: Final = ((TENANT, 30), ("m06_guarantee", 30))
"""Fewer of them, with as many lists inside each as it takes."""


@pytest.fixture
def app(office: Office) -> Iterator[Flask]:
    made = create_app(office.settings)
    yield made
    of(made).db.close()


def answered(field: Field, dice: random.Random) -> str:
    """What somebody might type, as long as it gets and never twice the same."""
    match field.control:
        case Control.CHOICE | Control.YES_NO:
            return dice.choice(field.options)[0]
        case Control.CHOICES:
            return "\n".join(value for value, _ in field.options)
        case Control.MONEY:
            return f"{dice.randrange(10**6, 10**9) / 100:.2f}"
        case Control.WHOLE | Control.PERCENT:
            return str(dice.randrange(1, 99))
        case Control.DATE:
            return f"20{dice.randrange(10, 30)}-0{dice.randrange(1, 9)}-1{dice.randrange(9)}"
        case Control.MONTH:
            return f"20{dice.randrange(10, 30)}-0{dice.randrange(1, 9)}"
    return "".join(chr(dice.randrange(0x4E00, 0x9FA0)) for _ in range(24))


def largest(form: Form, step: Step, inner: int) -> Typed:
    """As many items as are taken, each with so many things inside it."""
    (group,) = step.parts
    assert isinstance(group, Group)
    dice = random.Random(4)  # noqa: S311 -- the same on every run
    at = f"{step.at}/{group.name}"
    made: dict[str, str] = {}
    left = MOST_QUESTIONS - sum(1 for each in form.steps for _ in typed.asked(each, {}))
    for place in range(group.most or 0):
        item: dict[str, str] = {}
        _fill(group, f"{at}/{place}", inner, dice, item)
        left -= len(item)
        if left < 0:
            break
        made |= {**item, at + COUNT: str(place + 1)}
    return {**typed.as_typed(form, example(form.provision)), **made}


def _fill(group: Group, at: str, inner: int, dice: random.Random, into: dict[str, str]) -> None:
    for part in group.parts:
        here = f"{at}/{part.name}"
        if isinstance(part, Field):
            into[here] = answered(part, dice)
        elif part.most is None:
            _fill(part, here, inner, dice, into)
        else:
            into[here + COUNT] = str(min(inner, part.most))
            for place in range(min(inner, part.most)):
                _fill(part, f"{here}/{place}", 0, dice, into)


def wire(pages: FormPages, path: str) -> int:
    """Bytes of a page and of what it is drawn with; pictures are not counted."""
    packed = {"Accept-Encoding": "gzip"}
    page = pages.client.get(path, headers=packed)
    assert page.status_code == 200, (path, page.status_code)
    assert page.headers["Content-Encoding"] == "gzip"
    named = _LINKED.findall(pages.open(path))
    parts = [pages.client.get(each, headers=packed).data for each in named if ".svg" not in each]
    assert len(parts) >= 2, named
    return len(page.data) + sum(map(len, parts))


def test_every_page_of_the_largest_draft_is_small(office: Office, app: Flask) -> None:
    pages = FormPages(app.test_client())
    for provision, inner in (*((each, 0) for each in REPEATED), *DEEP):
        pages.begin(provision)
        step, form = REPEATED[provision], form_of(PACKAGED.notice, provision)
        assert form is not None
        full = largest(form, step, inner)
        drafts.save(office.db, office.settings, pages.code(), lambda _, full=full: full)  # type: ignore[misc]
        at = f"/apply/{provision}"
        last = leaves.leaf(step, full).count
        assert last > 1
        for path in (
            f"{at}/{step.code}",
            leaves.address(f"{at}/{step.code}", last, "checked=1"),
            f"{at}/materials",
            f"{at}/check",
        ):
            assert wire(pages, path) < MOST_BYTES, (path, inner)


def test_a_page_of_items_changes_its_own_alone(office: Office, app: Flask) -> None:
    """Saving, adding, removing, going on and back: each says where it is, nothing else is lost."""
    pages = FormPages(app.test_client())
    pages.begin(TENANT)
    code = pages.code()
    given = typed.as_typed(_tenant(), example(TENANT))
    one = {name: text for name, text in given.items() if name.startswith(f"{AT}/0/")}
    nine = {
        name.replace(f"{AT}/0/", f"{AT}/{place}/"): text
        for place in range(9)
        for name, text in {**one, f"{AT}/0/lease_no": f"合同{place}"}.items()
        if name.startswith(f"{AT}/0/")
    }
    start = {**given, **nine, AT + COUNT: "9", f"{AT}/0/rent": "2万"}
    drafts.save(office.db, office.settings, code, lambda _: start)
    page = pages.open(f"{LEASES}?leaf=2")
    assert "第2页，共3页" in page
    assert f'name="{AT}/4/lease_no"' in page
    assert f'name="{AT}/3/lease_no"' not in page
    sent = {"leaf": "2", "live": "1", AT + COUNT: "9", f"{AT}/4/lease_no": "改过的合同"}
    page = pages.send(LEASES, {**sent, f"{AT}/0/rent": "别的页上的不收"})
    assert "第3页，共3页" in page
    now = drafts.find(office.db, office.settings, code).typed
    answers = {name: text for name, text in now.items() if not name.endswith(ID)}
    assert answers == {**start, f"{AT}/4/lease_no": "改过的合同"}
    # What is wrong on another page is found after the last one.
    page = pages.send(LEASES, {"leaf": "3", "live": "1", AT + COUNT: "9"})
    assert "第1页，共3页" in page
    assert "2万请写成20000" in page
    assert "第1页</a>" in pages.open(f"{LEASES}?leaf=3&checked=1")
    assert f"{LEASES}?checked=1#f-facts-leases-0-rent" in pages.open(f"/apply/{TENANT}/check")
    pages.open(LEASES)
    page = pages.send(LEASES, {"leaf": "1", "do": f"remove {AT}/1", AT + COUNT: "9"})
    assert "恢复" in page
    assert drafts.find(office.db, office.settings, code).typed[f"{AT}/3/lease_no"] == "改过的合同"
    assert "第2页，共2页" in pages.send(LEASES, {"leaf": "1", "do": "leaf 2", AT + COUNT: "8"})
    assert "第3页，共3页" in pages.send(LEASES, {"leaf": "2", "do": f"add {AT}", AT + COUNT: "8"})


def test_a_supplement_of_a_whole_list_is_turned_page_by_page(office: Office, app: Flask) -> None:
    """It has no draft: what was typed goes along, and only what is answered is changed."""
    body = tenant_body(uscc=uscc(871))
    (one,) = body["facts"]["leases"]
    body["facts"]["leases"] = [{**one, "lease_no": f"合同{place}"} for place in range(60)]
    filed = office.submit(body)
    supplement.request(
        office.db, office.settings, OFFICER, filed.receipt, office.seen(filed.receipt),
        fields=[AT], reason="照合同逐份核对", due_on=office.in_days(9),
    )  # fmt: skip
    pages = FormPages(app.test_client())
    pages.open("/status")
    pages.send("/status", {"receipt": filed.receipt, "code": filed.access_code})
    at = "/status/supplement"
    first = pages.open(at)
    assert wire(pages, at) < MOST_BYTES
    assert f'name="{AT}/0/lease_no"' in first
    assert f'name="{AT}/9/lease_no"' not in first

    def send(given: dict[str, str], status: int = 200) -> None:
        pages.send(at, {**pages.all_hidden(), **given}, status)

    send({f"{AT}/0/lease_no": "改过的", f"{AT}/1/rent": "2万", "do": f"leaf {AT} 3"})
    assert f'name="{AT}/9/lease_no"' in pages.text
    send({"do": f"remove {AT}/9"})
    assert "已去掉承租的房产10" in pages.text
    send({"do": f"undo {AT}"})
    send({"do": f"remove {AT}/8"})
    send({"do": f"add {AT}", f"{AT}/59/lease_no": "x"})
    assert f'name="{AT}/59/lease_no" value=""' in pages.text
    last = str(leaves.leaf(REPEATED[TENANT], {AT + COUNT: "60"}).count)
    assert f'name="leaf:{AT}" value="{last}"' in pages.text
    send({f"{AT}/59/lease_no": "新合同"}, 422)
    assert "2万请写成20000" in pages.text, "the page on which something is wrong"
    assert len(gzip.compress(pages.seen.data if pages.seen else b"")) < MOST_BYTES
    send({f"{AT}/1/rent": "20000"})
    now = own_data.answers(office.db, office.settings, filed.receipt, filed.access_code)
    numbers = [each["lease_no"] for each in now["facts"]["leases"]]
    kept = [f"合同{place}" for place in range(1, 60) if place != 8]
    assert numbers == ["改过的", *kept, "新合同"]
    assert now["facts"]["leases"][1]["rent"] == "20000.00"


def _tenant() -> Form:
    made = form_of(PACKAGED.notice, TENANT)
    assert made is not None
    return made
