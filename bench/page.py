"""Places on pages of docs/ that show what was measured last."""

from __future__ import annotations

from pathlib import Path


def put(page: Path, name: str, block: str) -> None:
    """Replace the block of that name (Markdown) on a page. Raises ValueError without a place."""
    page.write_text(embed(page.read_text(encoding="utf-8"), name, block), encoding="utf-8")


def embed(page: str, name: str, block: str) -> str:
    """The page with the block of that name replaced. Raises ValueError without a place for it."""
    begin, end = f"<!-- the {name} begins -->\n", f"<!-- the {name} ends -->"
    before, _, rest = page.partition(begin)
    _, mark, after = rest.partition(end)
    if not mark:
        raise ValueError(f"the page has no place for the {name}")
    return f"{before}{begin}{block.rstrip()}\n{end}{after}"


def fenced(text: str) -> str:
    """Text as a block that keeps its columns."""
    return f"```text\n{text.rstrip()}\n```"
