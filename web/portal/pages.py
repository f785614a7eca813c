"""Sets of pages of the enterprise's side."""

from __future__ import annotations

from typing import Final

from web.parts import pause
from web.parts.pages import Pages

LAYOUT: Final = "portal/layout.html"


def portal_pages(name: str) -> Pages:
    """A set of pages; its templates lie in `web/portal/templates/portal/`."""
    return Pages(f"portal-{name}", __name__, layout=LAYOUT, context=pause.context)
