"""A page of a PDF comes out as a picture with its words where they stand; what is hostile costs
little and ends nothing else."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import pytest
from PIL import Image, ImageChops

from casework.documents import page_drawing
from casework.documents.errors import DrawingBusy, PageNotDrawn
from casework.documents.page_drawing import SIDES, DrawnPage, Wanted
from casework.documents.reading import page_child
from casework.documents.reading.bounds import MOST_DRAWN
from config.capacity import AWAITED_PAGES, DRAWN_PAGES
from tests.support import pdf_making as making
from tests.support.papers import pdf
from tests.support.pdf_making import Sheet, written
from vocabulary.documents import MOST_PAGES

SMALL, LARGE = SIDES
Region = tuple[float, float, float, float]


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    page_drawing._lately.clear()
    yield
    page_drawing._lately.clear()


def draw(content: bytes, number: int = 1, longest: int = SMALL, turn: int = 0) -> DrawnPage:
    return page_drawing.draw(Wanted("object", number, longest, turn), lambda: [content])


def picture(page: DrawnPage) -> Image.Image:
    return Image.open(io.BytesIO(page.picture))


def inked(page: DrawnPage) -> Region | None:
    """Where anything is drawn: left, upper, right, lower, as parts of the page."""
    shown = picture(page).convert("L").point(lambda value: 255 if value > 200 else 0)
    box = ImageChops.invert(shown).getbbox()
    if box is None:
        return None
    width, height = shown.size
    return box[0] / width, box[1] / height, box[2] / width, box[3] / height


def test_words_stand_where_they_are_written_on_pages_of_either_way() -> None:
    lease = making.lease()
    upright, lying, last = (draw(lease, number) for number in (1, 2, 3))
    assert [(each.number, each.pages) for each in (upright, lying, last)] == [
        (1, 3), (2, 3), (3, 3),
    ]  # fmt: skip
    assert [picture(each).size for each in (upright, lying)] == [(1272, 1800), (1800, 1272)]
    places = [inked(each) for each in (upright, lying, last)]
    assert [box and [round(part, 1) for part in box] for box in places] == [
        [0.1, 0.1, 0.3, 0.1], [0.7, 0.9, 0.8, 0.9], [0.1, 0.9, 0.4, 0.9],
    ]  # fmt: skip
    assert not upright.lacks_fonts
    # What it would be called, when, and by what: nothing of it is written beside the picture.
    assert set(picture(upright).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert not picture(upright).getexif()


def test_a_page_is_turned_and_enlarged() -> None:
    lease = making.lease()
    turned = draw(lease, turn=90)
    assert picture(turned).size == (1800, 1272)
    left, *_, lower = inked(turned) or (0, 0, 0, 1)
    assert (left > 0.8, lower < 0.5) == (True, True), "what was above is right"
    assert picture(draw(lease, longest=LARGE)).size == (2544, 3600)
    # Who asks for a page that there is not gets the nearest.
    assert [draw(lease, number).number for number in (-5, 99)] == [1, 3]


def test_what_was_typed_into_a_form_is_drawn() -> None:
    shown = inked(draw(making.filled_in("60000")))
    assert shown is not None
    assert shown[1] > 0.05
    assert shown[3] < 0.2


def test_a_font_that_the_file_does_not_bring_along_is_told() -> None:
    said = making.made(Sheet(does=written("AMOUNT", 60, 700)), font="SimSun")
    assert draw(said).lacks_fonts


@pytest.mark.parametrize("name", ["no-printing-r4", "no-printing-r6", "packed", "two-pages"])
def test_what_is_taken_is_drawn(name: str) -> None:
    assert draw(pdf(name), 2).pages == 2


@pytest.mark.parametrize(
    ("box", "size"),
    [
        ((14400, 14400), (SMALL, SMALL)),
        ((1_000_000, 1_000_000), (SMALL, SMALL)),
        ((14400, 1), (SMALL, 1)),
        ((0.001, 0.001), (SMALL, SMALL)),
        ((0, 0), (1391, 1801)),
    ],
)
def test_no_page_is_larger_than_its_picture(
    box: tuple[float, float], size: tuple[int, int]
) -> None:
    shown = picture(draw(making.made(Sheet(box))))
    assert abs(shown.width - size[0]) <= 1
    assert abs(shown.height - size[1]) <= 1


@pytest.mark.parametrize(
    "hostile",
    [
        lambda: pdf("locked-r2"),
        lambda: pdf("locked-r6"),
        lambda: making.lease()[:300],
        lambda: b"%PDF-1.7 nothing more %%EOF",
        lambda: making.made(*[Sheet()] * (MOST_PAGES + 1)),
        making.of_itself,
        lambda: making.nested(14, 10),
    ],
    ids=["locked", "locked-new", "cut", "empty", "pages", "tree", "nested"],
)
def test_what_cannot_be_drawn_is_told_and_not_tried_again(
    hostile: Callable[[], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The bound is of computing, not of the time that passes: here a second of it.
    child = "casework.documents.reading.page_child"
    bounded = f"import {child} as child; child.SECONDS = 1; "
    monkeypatch.setattr(
        page_drawing, "_PROGRAM", page_drawing._PROGRAM.replace("from ", bounded + "from ", 1)
    )
    content, wanted = hostile(), Wanted("object", 1, SMALL, 0)
    reads: list[int] = []

    def read() -> list[bytes]:
        reads.append(len(content))
        return [content]

    for _ in range(2):
        with pytest.raises(PageNotDrawn) as told:
            page_drawing.draw(wanted, read)
    assert reads == [len(content)]
    assert "下载" in told.value.detail


def test_memory_and_computing_are_bounded_and_no_file_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    telling = (
        "import resource as r; from casework.documents.reading import pages;"
        " kinds = (r.RLIMIT_AS, r.RLIMIT_CPU, r.RLIMIT_CORE, r.RLIMIT_FSIZE);"
        " pages.draw = lambda *_: pages.Drawn("
        "str([r.getrlimit(each) for each in kinds]).encode(), 1, 1, False); main()"
    )
    told = page_drawing._PROGRAM.removesuffix("main()") + telling
    monkeypatch.setattr(page_drawing, "_PROGRAM", told)
    bounds = (page_child.MEMORY, page_child.SECONDS, 0, 0)
    assert draw(b"").picture.decode() == str([(each, each) for each in bounds])
    assert page_child.SECONDS < page_drawing.LONGEST_SECONDS


def test_a_form_that_draws_itself_ends() -> None:
    assert inked(draw(making.in_itself())) is None


def test_one_at_a_time_is_drawn_and_the_last_few_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_drawing, "_WAIT_SECONDS", 0)
    drawn = draw(making.lease())
    page_drawing._slots.acquire()
    try:
        assert draw(b"of no account: it is kept") is drawn
        with pytest.raises(DrawingBusy):
            draw(making.lease(), 2)
        # Who waits is counted as well: the rest are told at once, whatever the wait is.
        monkeypatch.setattr(page_drawing, "_WAIT_SECONDS", 60)
        for _ in range(DRAWN_PAGES + AWAITED_PAGES):
            page_drawing._places.acquire()
        with pytest.raises(DrawingBusy):
            draw(making.lease(), 2)
        page_drawing._places.release(DRAWN_PAGES + AWAITED_PAGES)
    finally:
        page_drawing._slots.release()
    for number in range(2, 2 + page_drawing._KEPT):
        draw(making.lease(), number)
    assert len(page_drawing._lately) == page_drawing._KEPT


def test_who_draws_has_none_of_our_secrets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SECRET_KEY", "not-for-decoders")
    program = (
        "import os, sys, json; content = sys.stdin.buffer.read();"
        " print(json.dumps({'bytes': 0, 'number': 1, 'pages': 1,"
        " 'lacks_fonts': 'SECRET_KEY' in os.environ}))"
    )
    monkeypatch.setattr(page_drawing, "_PROGRAM", program)
    assert not draw(making.lease()).lacks_fonts


@pytest.mark.parametrize("size", [-1, MOST_DRAWN + 1])
def test_who_takes_the_drawing_process_over_does_not_fill_ours(
    monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    program = (
        "import sys, json; content = sys.stdin.buffer.read();"
        f" print(json.dumps({{'bytes': {size}, 'number': 1, 'pages': 1, 'lacks_fonts': False}}));"
        f" print('x' * {MOST_DRAWN + 1}, end='')"
    )
    monkeypatch.setattr(page_drawing, "_PROGRAM", program)
    with pytest.raises(PageNotDrawn):
        draw(making.lease())
