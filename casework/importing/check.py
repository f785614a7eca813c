"""Looking at a file before anything is filed: of each row its reasons or its earlier receipt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from casework.importing.items import Item, Items, items_of
from casework.importing.recognise import known, row_key
from config.settings import Settings
from store.db import Database

_GROUP = 256


class Looked(NamedTuple):
    """A row and, if it was accepted before, the receipt it was given then."""

    item: Item
    receipt: str | None


class Check(NamedTuple):
    """A file that is looked at: what is being read, with its remarks, and its rows, once."""

    items: Items
    rows: Iterator[Looked]


def check_file(
    db: Database,
    settings: Settings,
    path: Path,
    *,
    provision: str | None = None,
    advance: Callable[[int], None] = lambda _: None,
) -> Check:
    """Check a file as an import would, and file nothing. Raises TableError; so do its rows."""
    items = items_of(path, settings, provision, advance)
    return Check(items, _rows(db, settings, items))


def _rows(db: Database, settings: Settings, items: Items) -> Iterator[Looked]:
    read = items.read()
    while group := list(islice(read, _GROUP)):
        keys = {
            place: item.key or row_key(settings, item.submission)
            for place, item in enumerate(group)
            if item.submission is not None
        }
        named = {key: group[place].submission for place, key in keys.items()}
        receipts = known(db, settings, {key: one for key, one in named.items() if one is not None})
        for place, item in enumerate(group):
            yield Looked(item, receipts.get(keys[place]) if place in keys else None)
