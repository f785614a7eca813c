"""What holds of every page of the portal: light and dark, narrow and wide, enlarged, on paper, by
keyboard, without a script, with little work for the server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy import event

from api.services import of
from tests.support import visitor
from tests.support.browser import DESKTOP, PHONE, Window, window
from tests.support.effort import counted
from tests.support.office import Office
from tests.support.pages import serving
from tests.support.visitor import CASE, FORM, GRANTED, PAID, PUBLIC, Visitor
from web.app import create_app

MOST_STATEMENTS: Final = 30
MOST_CALLS: Final = 400_000
"""Some tenths of the 100 ms that a page may take, on any machine of these years."""
LARGE, REFLOW, ZOOMED = 180, 320, 640
"""Widths, in pixels of a style sheet, of a telephone with letters twice as large, and of a window
of 1280 at 400 % and at 200 %."""

GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "public": PUBLIC,
    "form": FORM,
    "case": CASE,
    "granted": GRANTED,
    "paid": PAID,
}

FEW: Final = 4
"""Pages to a test in a browser: on a slow machine each takes its time."""
PARTS: Final = [
    pytest.param(group, paths[first : first + FEW], id=f"{group}-{first}")
    for group, paths in GROUPS.items()
    for first in range(0, len(paths), FEW)
]


@pytest.fixture
def app(office: Office) -> Iterator[Flask]:
    made = create_app(office.settings)
    yield made
    of(made).db.close()


def ready(app: Flask, office: Office, group: str) -> Visitor:
    """Who may see the pages of a group."""
    who = visitor.visitor(app)
    prepare: dict[str, Callable[[], None]] = {
        "public": lambda: visitor.has_screened(who),
        "form": lambda: visitor.has_draft(who),
        "case": lambda: visitor.has_filed(who, visitor.incomplete(office)),
        "granted": lambda: visitor.has_filed(who, visitor.granted(office)),
        "paid": lambda: visitor.has_a_grant_objected(who, office),
    }
    prepare[group]()
    return who


@pytest.mark.parametrize(("group", "paths"), PARTS)
def test_in_every_window(
    app: Flask, office: Office, browser: Browser, group: str, paths: tuple[str, ...]
) -> None:
    who = ready(app, office, group)
    with serving(app) as address, window(browser, address, PHONE) as seen:
        who.lend(seen.page.context, address)
        for path in map(who.address, paths):
            shown = seen.open(path)
            assert shown.url.removeprefix(address).partition("#")[0] == ascii_of(path)
            seen.check_colours("dark")
            walk_by_keyboard(seen)
            for width in (LARGE, REFLOW, ZOOMED):
                shown.set_viewport_size({"width": width, "height": DESKTOP[1]})
                assert sideways(seen) == 0, (path, width)
            shown.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
            assert shown.evaluate(_TOUCHING) == [], path
            if path.startswith("/measures/"):  # the five lines stand on the first screen (A18)
                assert shown.evaluate(_LINES_END) <= DESKTOP[1]
            seen.check_accessible()
            seen.check_colours("light")
            enlarge_text(seen, path)
            print_it(seen, path)
            shown.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})


@pytest.mark.parametrize("group", GROUPS)
def test_a_page_is_little_work(app: Flask, office: Office, group: str) -> None:
    """Statements and calls of functions, which are the same on every machine."""
    who = ready(app, office, group)
    statements: list[str] = []
    engine = of(app).db.engine
    event.listen(engine, "before_cursor_execute", lambda *said: statements.append(said[2]))
    for path in map(who.address, GROUPS[group]):
        who.pages.open(path)  # what is made once per process is made
        statements.clear()
        _, calls = counted(lambda path=path: who.pages.open(path))  # type: ignore[misc]
        assert len(statements) <= MOST_STATEMENTS, (path, statements)
        assert calls <= MOST_CALLS, (path, calls)


@pytest.mark.parametrize("group", GROUPS)
def test_without_a_script_it_says_the_same(
    app: Flask, office: Office, browser: Browser, group: str
) -> None:
    who = ready(app, office, group)
    with serving(app) as address, window(browser, address, PHONE, scripts=False) as seen:
        who.lend(seen.page.context, address)
        for path in map(who.address, GROUPS[group]):
            shown = seen.page
            answer = shown.goto(address + path)
            assert answer is not None
            assert answer.ok, path
            assert shown.locator("main h1").count() == 1, path
            for form in shown.locator("main form").all():
                assert (
                    form.locator("button").count()
                    or shown.locator(f"button[form={form.get_attribute('id')}]").count()
                ), path


def ascii_of(path: str) -> str:
    from urllib.parse import quote

    return quote(path, safe="/?=&")


def sideways(seen: Window) -> int:
    return int(seen.page.evaluate(_SIDEWAYS))


_SIDEWAYS: Final = "Math.max(0, document.documentElement.scrollWidth - window.innerWidth)"
_LINES_END: Final = "document.querySelector('.wq-guide').getBoundingClientRect().bottom"
# Texts of two cells beside each other that read as one: a sum and the day behind it.
_TOUCHING: Final = """() => [...document.querySelectorAll("main tr")].flatMap(row => {
  const places = [...row.cells].map(cell => {
    const held = document.createRange();
    held.selectNodeContents(cell);
    return held.getBoundingClientRect();
  });
  return places.slice(1).flatMap((place, at) =>
    place.width && places[at].width && place.left - places[at].right < 6
      && place.left >= places[at].left && place.top < places[at].bottom
      && places[at].top < place.bottom ? [row.innerText] : []);
})"""
_STOPS: Final = """() => [...document.querySelectorAll(
  "a[href], button, input:not([type=hidden]), select, textarea, summary"
)].filter(each => each.checkVisibility({visibilityProperty: true}) && !each.disabled
  && each.tabIndex >= 0).length"""
_STOP: Final = """() => {
  const here = document.activeElement;
  if (!here || here === document.body) return null;
  const style = getComputedStyle(here);
  const box = here.getBoundingClientRect();
  const shown = style.outlineStyle !== "none" || style.boxShadow !== "none";
  return {what: here.outerHTML.slice(0, 120), shown,
    inside: box.right > 0 && box.left < innerWidth && box.height > 0};
}"""


def walk_by_keyboard(seen: Window) -> None:
    """Every control is reached by Tab, shows that it has the focus, and lets it go again."""
    page = seen.page
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    page.evaluate("document.body.setAttribute('tabindex', '-1'); document.body.focus()")
    page.evaluate("document.body.removeAttribute('tabindex')")
    most = page.evaluate(_STOPS)
    met: list[dict[str, Any]] = []
    for _ in range(most + 2):
        page.keyboard.press("Tab")
        stop = page.evaluate(_STOP)
        if stop is None:
            break
        met.append(stop)
    assert "wq-skip" in met[0]["what"], met[0]
    assert [each for each in met if not (each["shown"] and each["inside"])] == []
    groups = page.evaluate(
        "new Set([...document.querySelectorAll('input[type=radio]')].map(e => e.name)).size"
    )
    radios = page.locator("input[type=radio]").count()
    assert len(met) >= most - radios + groups, (page.url, len(met), most)


def enlarge_text(seen: Window, path: str) -> None:
    """The browser's letters twice as large: nothing is cut off or runs out of the window."""
    seen.page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert sideways(seen) == 0, path
    assert seen.page.evaluate(_CUT) == [], path
    seen.page.evaluate("document.documentElement.style.fontSize = ''")


_CUT: Final = """() => [...document.querySelectorAll("main *, header *")].filter(each => {
  const style = getComputedStyle(each);
  return style.overflow === "hidden" && each.scrollWidth > each.clientWidth + 1
    && !each.closest(".visually-hidden, thead, select, svg") && each.clientWidth > 2;
}).map(each => each.outerHTML.slice(0, 120))"""


def print_it(seen: Window, path: str) -> None:
    """On paper there is no menu and no button, and nothing runs over its edge."""
    page = seen.page
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 960})  # A4 between its margins
    for idle in (".wq-nav", ".wq-skip", "main .wq-acts"):
        assert page.locator(idle).filter(visible=True).count() == 0, (path, idle)
    assert sideways(seen) == 0, path
    page.emulate_media(media="screen")
