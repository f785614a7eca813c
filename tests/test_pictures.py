"""The documentation's pictures are those of today's pages, and small."""

from __future__ import annotations

import pytest

from tests.support import screenshots
from tests.support.screenshots import ALBUMS, DESK, ROOT, Album


@pytest.mark.parametrize("album", ALBUMS, ids=[each.name for each in ALBUMS])
def test_the_pictures_show_the_pages_of_today(album: Album) -> None:
    assert album.kept.read_text(encoding="ascii").strip() == album.digest(), (
        f"pages have changed: python -m tests.support.screenshots {album.name}"
    )
    for name in album.names():
        size = (album.folder / name).stat().st_size
        assert 0 < size < screenshots.MOST_BYTES, (name, size)
    assert {each.name for each in album.folder.glob("*.png")} == set(album.names())


def test_the_desk_page_shows_its_day() -> None:
    text = (ROOT / "docs" / "desk.md").read_text(encoding="utf-8")
    for name in DESK.names():
        assert f"(pictures/desk/{name})" in text
