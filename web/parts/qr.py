"""QR codes of addresses of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from api.services import services

if TYPE_CHECKING:
    import segno

# What is printed is folded, copied and photographed: a quarter of it may be lost.
_ERROR = "q"


def code(address: str) -> segno.QRCode:
    """The code of an address on this site, as it is reached from outside."""
    import segno

    return segno.make(services().settings.public_url + address, error=_ERROR, micro=False)


def svg(address: str) -> Markup:
    """The code as part of a page: black on white in a dark page, too, or no camera reads it."""
    text = code(address).svg_inline(light="#fff", omitsize=True, svgclass="wq-qr", lineclass=None)
    return Markup(text)  # noqa: S704 -- made of squares
