"""The shape of `casework/`: few arrows and floors, no large room (decision 22); and of `tests/`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import grimp

ROOT = Path(__file__).parent.parent
MOST_ARROWS, MOST_FLOORS, MOST_LINES = 109, 8, 3000


def box(module: str) -> str:
    """The sub-room or top-level file that a module belongs to."""
    return ".".join(module.split(".")[:2])


def arrows() -> set[tuple[str, str]]:
    """Pairs of boxes with at least one import from the first to the second."""
    graph = grimp.build_graph("casework")
    pairs = {
        (box(module), box(imported))
        for module in graph.modules
        for imported in graph.find_modules_directly_imported_by(module)
    }
    return {(upper, lower) for upper, lower in pairs if lower not in (upper, "casework")}


def test_casework_has_few_arrows_on_few_floors() -> None:
    found = arrows()

    @cache
    def floor(of: str) -> int:
        return 1 + max((floor(lower) for upper, lower in found if upper == of), default=0)

    assert 50 < len(found) <= MOST_ARROWS
    assert max(floor(upper) for upper, _ in found) <= MOST_FLOORS


def test_no_room_of_casework_is_large() -> None:
    rooms = [
        folder for folder in (ROOT / "casework").iterdir() if (folder / "__init__.py").exists()
    ]
    lines = {
        room.name: sum(len(path.read_text("utf-8").splitlines()) for path in room.rglob("*.py"))
        for room in rooms
    }
    assert len(lines) > 10
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def test_of_tests_only_their_support_is_imported() -> None:
    """By anybody: what a test needs of another test's module belongs to `tests/support/`."""
    rooms = sorted(
        path.name
        for path in ROOT.iterdir()
        if path.is_dir() and any(path.rglob("*.py")) and path.name.isidentifier()
    )
    graph = grimp.build_graph(*rooms)
    imports = [
        (module, imported)
        for module in graph.modules
        for imported in graph.find_modules_directly_imported_by(module)
        if imported.startswith("tests.")
    ]
    assert {module.split(".")[0] for module, _ in imports} == {"bench", "faults", "tests"}
    assert [each for each in imports if not each[1].startswith("tests.support.")] == []
