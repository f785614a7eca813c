"""PDF written by hand: pages of any size with any content, whole or hostile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

UPRIGHT, LYING = (595, 842), (842, 595)


class Sheet(NamedTuple):
    """A page. `box`: its size in points; `does`: its content; `uses`: more of its resources."""

    box: tuple[float, float] = UPRIGHT
    does: bytes = b""
    uses: bytes = b""


def written(text: str, x: int, y: int, size: int = 40) -> bytes:
    """Content that writes a word at a place counted from the lower left."""
    return f"BT /F1 {size} Tf {x} {y} Td ({text}) Tj ET\n".encode()


def made(
    *sheets: Sheet, objects: Sequence[bytes] = (), catalog: bytes = b"", font: str = "Helvetica"
) -> bytes:
    """A PDF of these pages. `objects`: more of them, from number 4 on; `catalog`: more of it;
    `font`: what F1 is, which the file does not bring along."""
    said = [
        b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>",
        b"",
        f"<< /Type /Font /Subtype /TrueType /BaseFont /{font} >>".encode(),
        *objects,
    ]
    kids = []
    for each in sheets:
        said.append(b"<< /Length %d >>\nstream\n" % len(each.does) + each.does + b"\nendstream")
        said.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %f %f] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> %s >> >>" % (*each.box, len(said), each.uses)
        )
        kids.append(b"%d 0 R" % len(said))
    said[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, one in enumerate(said, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + one + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(said) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n" % (len(said) + 1)
    return bytes(out + b"%d\n%%%%EOF\n" % start)


def lease() -> bytes:
    """Three pages, of which the second lies; a word at the top of the first, one at the bottom of
    the second."""
    return made(
        Sheet(does=written("LEASE", 60, 760)),
        Sheet(LYING, written("PLAN", 600, 40)),
        Sheet(does=written("SIGNED", 60, 60)),
    )


def nested(depth: int, times: int) -> bytes:
    """A page that draws a form, which draws another so many times, and so on."""
    forms = []
    for level in range(depth):
        inner = f"/Resources << /XObject << /X {5 + level} 0 R >> >>".encode()
        body = b"/X Do " * times if level < depth - 1 else b"0 0 600 900 re f"
        forms.append(
            b"<< /Type /XObject /Subtype /Form /BBox [0 0 600 900] %s /Length %d >>\nstream\n"
            % (inner if level < depth - 1 else b"", len(body))
            + body + b"\nendstream"
        )  # fmt: skip
    return made(Sheet(does=b"/X Do", uses=b"/XObject << /X 4 0 R >>"), objects=forms)


def in_itself() -> bytes:
    """A page that draws a form that draws itself, without end."""
    form = (
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 600 900]"
        b" /Resources << /XObject << /X 4 0 R >> >> /Length 5 >>\nstream\n/X Do\nendstream"
    )
    return made(Sheet(does=b"/X Do", uses=b"/XObject << /X 4 0 R >>"), objects=[form])


def of_itself() -> bytes:
    """A tree of pages whose one branch is the tree."""
    whole = made(Sheet())
    return whole.replace(b"/Kids [5 0 R]", b"/Kids [2 0 R]")


def filled_in(value: str) -> bytes:
    """A form with one field, in which somebody typed; nothing else on the page."""
    field = (
        "<< /Type /Annot /Subtype /Widget /FT /Tx /T (amount) /Rect [60 700 500 760] /F 4"
        f" /V ({value}) /DA (/F1 30 Tf 0 g) /P 6 0 R >>"
    ).encode()
    form = b"/AcroForm << /Fields [4 0 R] /NeedAppearances true /DA (/F1 30 Tf 0 g)"
    form += b" /DR << /Font << /F1 3 0 R >> >> >>"
    whole = made(Sheet(uses=b">> /Annots [4 0 R] /Note <<"), objects=[field], catalog=form)
    assert b"6 0 obj\n<< /Type /Page" in whole
    return whole
