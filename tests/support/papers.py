"""Files that people hand in, and who hands them in; a scanner that speaks clamd's protocol."""

from __future__ import annotations

import io
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from casework.documents import handing_in
from casework.documents.handing_in import ByCode, Holder
from casework.documents.rows import Document
from casework.intake.accept import Accepted
from config.documents import Clamd
from tests.support.office import Office
from vocabulary.documents import OTHER

DATA = Path(__file__).parents[1] / "data" / "documents"
LEASE = "租赁合同"
SICK = b"EICAR-OF-THIS-TEST"
"""What the scanner of tests calls infected."""


def photo(
    width: int = 60, height: int = 40, *, camera: str = "Fictional", seed: int = 0, turned: int = 6
) -> bytes:
    """A JPEG with what a camera writes beside it; red at its upper left before it is turned."""
    picture = Image.new("RGB", (width, height), (250, 250, 240 - seed))
    ImageDraw.Draw(picture).rectangle((0, 0, width // 4, height // 4), fill=(200, 30, 30))
    exif = Image.Exif()
    exif[271], exif[274] = camera, turned
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=95, exif=exif)
    return out.getvalue()


def pdf(name: str = "two-pages") -> bytes:
    """One that lies in tests/data (written by qpdf)."""
    return (DATA / f"{name}.pdf").read_bytes()


def sick_pdf() -> bytes:
    """Two pages, and in a remark what the scanner looks for."""
    return pdf().replace(b"trailer", b"%" + SICK + b"\ntrailer", 1)


def by_code(accepted: Accepted) -> ByCode:
    """Who holds an application's code."""
    return ByCode(accepted.receipt, accepted.access_code)


def hand_in(
    office: Office,
    holder: Holder,
    content: bytes | None = None,
    *,
    paper: str = OTHER,
    name: str = "材料.jpg",
) -> Document:
    """A file in one piece."""
    sent = photo() if content is None else content
    act = (office.db, office.settings, holder)
    begun = handing_in.begin(*act, paper=paper, name=name, size=len(sent))
    return handing_in.receive(*act, begun.handle, 0, io.BytesIO(sent).read)


class _Scanner(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server: Any = self.server
        if self.rfile.read(10) != b"zINSTREAM\0":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        seen = b""
        while size := struct.unpack("!I", self.rfile.read(4))[0]:
            seen += self.rfile.read(size)
        server.scanned.append(len(seen))
        if server.answer is not None:
            self.wfile.write(server.answer)
            return
        sick = SICK in seen
        self.wfile.write(b"stream: Test-Signature FOUND\0" if sick else b"stream: OK\0")


class Scanner:
    """A daemon on a socket. `answer`: what it says instead of a verdict; `scanned`: sizes."""

    def __init__(self, path: Path) -> None:
        server: Any = socketserver.ThreadingUnixStreamServer(str(path), _Scanner)
        self._server = server
        self._server.daemon_threads = True
        self._server.scanned, self._server.answer = [], None
        self.clamd = Clamd(str(path))
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def scanned(self) -> list[int]:
        """Bytes of each file that was scanned."""
        found: list[int] = self._server.scanned
        return found

    def say(self, answer: bytes | None) -> None:
        """Answer this from now on; None: a verdict."""
        self._server.answer = answer

    def stop(self) -> None:
        """Be gone."""
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def scanning(office: Office, folder: Path) -> Iterator[tuple[Office, Scanner]]:
    """The office with a scanner."""
    scanner = Scanner(folder / "c.sock")
    settings = office.settings
    scanned = replace(settings, documents=replace(settings.documents, clamd=scanner.clamd))
    try:
        yield Office(office.db, scanned), scanner
    finally:
        scanner.stop()
