"""In which order the processes of a run take the tests: what takes long first, a part to each.

Each process begins with a block of the tests as they are listed, and takes over from the end of
the others' when it is through (`--dist worksteal`). As they stand by name, pages in browsers came
last, and at the end one process worked while the others waited.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
LONG: Final = (
    "tests/cli/test_up.py",
    "tests/web/test_apply_in_browser.py",
    "tests/faults/test_short.py",
    "tests/web/test_every_page.py",
    "tests/api/test_no_path_around.py",
    "tests/api/test_health.py",
    "tests/web/desk/test_desk_in_browser.py",
    "tests/api/test_hostile_bodies.py",
    "tests/web/test_failures.py",
    "tests/web/desk/test_day.py",
    "tests/deploy/test_embedded.py",
    "tests/api/test_every_way_in.py",
    "tests/web/test_story.py",
    "tests/faults/test_fuzz.py",
    "tests/faults/test_flood.py",
    "tests/api/test_stopped_database.py",
    "tests/api/test_two_notices.py",
    "tests/web/test_status_in_browser.py",
)
"""Files of half a minute and more, the longest first."""


def spread(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """The tests so that each of so many processes begins with its share of the long files."""
    if gone := [path for path in LONG if not (ROOT / path).exists()]:
        raise pytest.UsageError(f"{__name__}: there is no {', '.join(gone)}")
    shares: list[list[pytest.Item]] = [[] for _ in range(workers)]
    taken = set()
    for place, path in enumerate(LONG):
        found = [item for item in items if item.path == ROOT / path]
        shares[place % workers] += found
        taken.update(found)
    rest = iter([item for item in items if item not in taken])
    left = len(items)
    for place, share in enumerate(shares):
        size = left // (workers - place)
        if len(share) > size:  # a part of the tests alone
            return items
        share.extend(islice(rest, size - len(share)))
        left -= size
    return [item for share in shares for item in share]
