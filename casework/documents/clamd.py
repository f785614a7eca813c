"""Asking ClamAV's daemon about a file (INSTREAM): it is sent in pieces and never written down."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable
from enum import Enum
from typing import Final

from config.documents import Clamd

SECONDS: Final = 60
"""So long one piece, or the answer, may take."""
_LONGEST_ANSWER: Final = 4096


class Verdict(Enum):
    """What the scanner says of a file."""

    CLEAN = "clean"
    INFECTED = "infected"


class ScanFailed(Exception):
    """The scanner gave no verdict; `str` holds nothing of the file."""


def scan(clamd: Clamd, pieces: Iterable[bytes]) -> Verdict:
    """Raises ScanFailed: whatever is no clear verdict is none."""
    try:
        with _connected(clamd) as line:
            line.sendall(b"zINSTREAM\0")
            for piece in pieces:
                if piece:
                    line.sendall(struct.pack("!I", len(piece)) + piece)
            line.sendall(struct.pack("!I", 0))
            answer = _answer(line)
    except OSError as error:
        raise ScanFailed(f"clamd: {type(error).__name__}") from None
    if answer == b"stream: OK":
        return Verdict.CLEAN
    if answer.startswith(b"stream: ") and answer.endswith(b" FOUND"):
        return Verdict.INFECTED
    raise ScanFailed("clamd: no verdict")


def _connected(clamd: Clamd) -> socket.socket:
    if clamd.path is None:
        return socket.create_connection((clamd.host, clamd.port), timeout=SECONDS)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(SECONDS)
    try:
        line.connect(clamd.path)
    except OSError:
        line.close()
        raise
    return line


def _answer(line: socket.socket) -> bytes:
    said = b""
    while b"\0" not in said and len(said) < _LONGEST_ANSWER and (piece := line.recv(1024)):
        said += piece
    # Cut off, it might say OK of another sentence.
    return said.partition(b"\0")[0] if b"\0" in said else b""
