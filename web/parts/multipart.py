"""A form with files as it comes in: fields first, then each file piece by piece, never whole.

The fields before the first file are read at once, so that the form's token is checked before a byte
of a file is believed; a page puts it first. Fields that come after a file are known once it is
read. Nothing is ever written to a disk here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from flask import Request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio.multipart import (
    Data,
    Epilogue,
    Event,
    Field,
    File,
    MultipartDecoder,
    NeedData,
)

from api.body import drain, receiving
from schemas.kit.problem import Refused
from schemas.kit.strict_json import TooLarge

MEDIA_TYPE: Final = "multipart/form-data"
MOST_AT_ONCE: Final = 60 * 1024 * 1024
"""Bytes of one form with its files; the proxy has the same limit."""
MOST_PARTS: Final = 1000
_LONGEST_BOUNDARY: Final = 200
_CHUNK: Final = 64 * 1024
_HELD: Final = 4 * _CHUNK


class Unreadable(Refused):
    """What was sent is no form of ours."""

    status = 400
    code = "unreadable_form"
    title = "没有读懂这次提交"


class TooMuchAtOnce(Refused):
    """More files at once than are taken."""

    status = 413
    code = "files_too_large"
    title = "这一次选的文件合计太大"


class Incoming:
    """A file on its way. `field`: the name of its input; `name`: as the browser calls it; `size`:
    bytes that have been read so far."""

    def __init__(self, field: str, name: str, events: Iterator[Event]) -> None:
        self.field: Final = field
        self.name: Final = name
        self.size = 0
        self._events = events
        self._held = bytearray()
        self._has_more = True

    def read(self, most: int) -> bytes:
        """At most so many bytes; none at its end."""
        while not self._held and self._has_more:
            self._next()
        given = bytes(self._held[:most])
        del self._held[:most]
        return given

    def skip(self) -> None:
        """Throw away what is left, so that its size is known."""
        self._held.clear()
        while self._has_more:
            with receiving():
                self._next()
            self._held.clear()

    def _next(self) -> None:
        event = next(self._events)
        assert isinstance(event, Data)  # noqa: S101 -- so the decoder promises
        self._held += event.data
        self.size += len(event.data)
        self._has_more = event.more_data


class Multipart:
    """A form with files. `fields`: what has been read of it so far."""

    def __init__(self, request: Request, most_of_fields: int) -> None:
        """Reads up to the first file. Raises Unreadable, TooLarge, TooMuchAtOnce, Overloaded."""
        boundary = request.mimetype_params.get("boundary", "")
        if not 0 < len(boundary) <= _LONGEST_BOUNDARY or not boundary.isascii():
            drain(request)
            raise Unreadable(_INCOMPLETE)
        if (request.content_length or 0) > MOST_AT_ONCE:
            drain(request)
            most = MOST_AT_ONCE // 1024 // 1024
            raise TooMuchAtOnce(f"这一次选的文件合计超过 {most} MB，都没有收下。")
        self.fields: MultiDict[str, str] = MultiDict()
        self._request = request
        self._decoder = MultipartDecoder(boundary.encode(), _HELD, max_parts=MOST_PARTS)
        self._left = most_of_fields
        self._most = most_of_fields
        self._events = self._read()
        with receiving():
            self._file = self._next_file()

    def files(self) -> Iterator[Incoming]:
        """Every file that was chosen, in turn; what is left of one unread is thrown away.

        Raises Unreadable, TooLarge, TooMuchAtOnce, Overloaded.
        """
        while self._file is not None:
            given = Incoming(self._file.name or "", self._file.filename, self._events)
            if given.name:
                yield given
            given.skip()
            with receiving():
                self._file = self._next_file()

    def finish(self) -> None:
        """Read and forget what is left, so that the browser reads our answer."""
        if self._file is not None:
            drain(self._request)

    def _next_file(self) -> File | None:
        for event in self._events:
            if isinstance(event, File):
                return event
            if isinstance(event, Field):
                self.fields.add(event.name or "", self._text())
        return None

    def _text(self) -> str:
        held = bytearray()
        for event in self._events:
            assert isinstance(event, Data)  # noqa: S101 -- so the decoder promises
            held += event.data
            self._left -= len(event.data)
            if self._left < 0:
                drain(self._request)
                raise TooLarge(self._most)
            if not event.more_data:
                break
        try:
            return held.decode()
        except UnicodeDecodeError:
            raise Unreadable(_INCOMPLETE) from None

    def _read(self) -> Iterator[Event]:
        count, read = 0, self._request.stream.read
        while True:
            try:
                event = self._decoder.next_event()
                if isinstance(event, NeedData):
                    chunk = read(_CHUNK)
                    count += len(chunk)
                    if count > MOST_AT_ONCE:
                        raise TooMuchAtOnce("这一次选的文件合计太大，没有都收下。")
                    self._decoder.receive_data(chunk or None)
                    continue
            except (ValueError, RequestEntityTooLarge):
                raise Unreadable(_INCOMPLETE) from None
            if isinstance(event, Epilogue):
                return
            if isinstance(event, (File, Field, Data)):
                yield event


_INCOMPLETE: Final = "提交的内容不完整，请返回上一页再试一次。"
