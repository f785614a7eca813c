"""The place where files lie: a folder, or a bucket of an S3-compatible store. What it holds is
encrypted before it comes here; an object is there whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from casework.documents.errors import StoreAway
from config.documents import Bucket, Documents, Folder
from config.telemetry.logs import log

PIECE: Final = 256 * 1024
_BLOCK: Final = 5 * 1024 * 1024
"""The smallest block that an S3-compatible store takes; one is held at a time."""
_PRIVATE: Final = 0o700
_BESIDE: Final = ".new-"


class ObjectMissing(Exception):
    """There is no such object."""


class Stored(NamedTuple):
    """An object that lies there."""

    name: str
    since: datetime


class Store(Protocol):
    """Every call raises StoreAway where the place does not answer."""

    def put(self, name: str, pieces: Iterable[bytes]) -> None:
        """Store an object; once this returns it survives a loss of power."""

    def get(self, name: str) -> Iterator[bytes]:
        """An object in pieces. Raises ObjectMissing, at once."""

    def remove(self, names: Iterable[str]) -> None:
        """Remove objects; what is not there is passed over."""

    def every(self) -> Iterator[Stored]:
        """Everything that lies there."""


def open_store(documents: Documents) -> Store:
    """The store that the settings name."""
    if isinstance(documents.store, Folder):
        return InFolder(documents.store.path)
    return InBucket(_bucket(documents))


class InFolder:
    """Written beside its place, forced to the disk, put into its place."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, name: str, pieces: Iterable[bytes]) -> None:
        """As in Store."""
        path = self._root / name
        try:
            self._make(path.parent)
            beside = path.with_name(f"{_BESIDE}{secrets.token_hex(8)}")
            try:
                with open(beside, "xb", opener=_privately) as file:
                    file.writelines(pieces)
                    file.flush()
                    os.fsync(file.fileno())
                beside.rename(path)
            finally:
                beside.unlink(missing_ok=True)
            _sync(path.parent)
        except OSError as error:
            raise _away(error) from error

    def get(self, name: str) -> Iterator[bytes]:
        """As in Store."""
        try:
            file = (self._root / name).open("rb")
        except FileNotFoundError:
            raise ObjectMissing(name) from None
        except OSError as error:
            raise _away(error) from error
        return _pieces(file)

    def remove(self, names: Iterable[str]) -> None:
        """As in Store."""
        for name in names:
            try:
                (self._root / name).unlink(missing_ok=True)
            except OSError as error:
                raise _away(error) from error
            with suppress(OSError):  # the last one of its folder
                (self._root / name).parent.rmdir()

    def every(self) -> Iterator[Stored]:
        """As in Store; what a lost process left beside is there as well."""
        for folder, _, names in os.walk(self._root):
            for each in names:
                path = Path(folder) / each
                with suppress(FileNotFoundError):
                    since = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                    yield Stored(path.relative_to(self._root).as_posix(), since)

    def _make(self, folder: Path) -> None:
        missing = []
        while not folder.exists():
            missing.append(folder)
            folder = folder.parent
        for each in reversed(missing):
            each.mkdir(mode=_PRIVATE, exist_ok=True)
            _sync(each.parent)


class InBucket:
    """Sent in blocks, one after the other."""

    def __init__(self, bucket: S3Store) -> None:
        self._bucket = bucket

    def put(self, name: str, pieces: Iterable[bytes]) -> None:
        """As in Store."""
        try:
            obstore.put(self._bucket, name, iter(pieces), chunk_size=_BLOCK, max_concurrency=1)
        except BaseError as error:
            raise _away(error) from error

    def get(self, name: str) -> Iterator[bytes]:
        """As in Store."""
        try:
            found = obstore.get(self._bucket, name)
        except FileNotFoundError:
            raise ObjectMissing(name) from None
        except BaseError as error:
            raise _away(error) from error
        return self._pieces(found)

    def remove(self, names: Iterable[str]) -> None:
        """As in Store."""
        for name in names:
            try:
                obstore.delete(self._bucket, name)
            except FileNotFoundError:
                continue
            except BaseError as error:
                raise _away(error) from error

    def every(self) -> Iterator[Stored]:
        """As in Store."""
        try:
            for block in obstore.list(self._bucket, chunk_size=1000):
                for each in block:
                    yield Stored(each["path"], each["last_modified"])
        except BaseError as error:
            raise _away(error) from error

    @staticmethod
    def _pieces(found: Any) -> Iterator[bytes]:
        try:
            for piece in found.stream(min_chunk_size=PIECE):
                yield bytes(piece)
        except BaseError as error:
            raise _away(error) from error


@lru_cache(maxsize=4)
def _bucket(documents: Documents) -> S3Store:
    place = documents.store
    assert isinstance(place, Bucket)  # noqa: S101 -- the caller has looked
    options: dict[str, Any] = {**documents.keys()}
    if place.endpoint is not None:
        options |= {"endpoint": place.endpoint, "virtual_hosted_style_request": False}
        options["client_options"] = {"allow_http": place.endpoint.startswith("http:")}
    return S3Store(
        place.name, prefix=place.prefix or None, region=place.region or "us-east-1", **options
    )


def _pieces(file: Any) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece


def _privately(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync(folder: Path) -> None:
    """Force to the disk what a folder holds."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _away(error: Exception) -> StoreAway:
    log.error("document.store_away", error=type(error).__name__)
    return StoreAway()
