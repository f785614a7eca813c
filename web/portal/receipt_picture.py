"""The receipt as a picture for a telephone's gallery: number, access code, QR code.

What never changes is drawn already (`web/parts/files/receipt.png`), so that no server needs a
Chinese font.
"""

from __future__ import annotations

from importlib.resources import files
from io import BytesIO
from typing import Final

import web.parts
from web.parts import qr

_FRAME: Final = files(web.parts) / "files" / "receipt.png"
_LEFT: Final = 60
_NUMBER_AT, _CODE_AT, _QR_AT = 184, 298, 372
_TYPE: Final = 40
_QR_SIDE: Final = 500


def draw(receipt: str, access_code: str, address: str) -> bytes:
    """A PNG. `address`: what the QR code leads to."""
    from PIL import Image, ImageDraw, ImageFont

    picture = Image.open(BytesIO(_FRAME.read_bytes())).convert("L")
    pen, letters = ImageDraw.Draw(picture), ImageFont.load_default(_TYPE)
    pen.text((_LEFT, _NUMBER_AT), receipt, fill=0, font=letters)
    pen.text((_LEFT, _CODE_AT), access_code, fill=0, font=letters)
    code = qr.code(address)
    scale = _QR_SIDE // code.symbol_size()[0]
    drawn = BytesIO()
    code.save(drawn, kind="png", scale=scale)
    squares = Image.open(drawn).convert("L")
    picture.paste(squares, ((picture.width - squares.width) // 2, _QR_AT))
    made = BytesIO()
    picture.save(made, "PNG", optimize=True)
    return made.getvalue()
