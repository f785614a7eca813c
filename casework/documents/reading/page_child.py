"""What runs in the process that draws one page: takes the file from standard input, writes a line
of JSON and the picture to standard output. Arguments: which page, its longer side, its turn."""

from __future__ import annotations

import json
import sys
from typing import Final

from casework.documents.reading import pages
from casework.documents.reading.bounds import bound
from vocabulary.documents import MOST_BYTES

MEMORY: Final = 512 * 1024 * 1024
"""Bytes that drawing one page may take: ten times what an ordinary one does."""
SECONDS: Final = 8
"""Of computing: an ordinary page takes less than one."""


def main() -> None:
    """Draw one page; that it cannot be drawn is an answer as well."""
    bound(MEMORY, SECONDS)
    number, longest, turn = (int(each) for each in sys.argv[1:])
    try:
        drawn = pages.draw(sys.stdin.buffer.read(MOST_BYTES), number, longest, turn)
    except pages.Undrawable:
        sys.stdout.write(json.dumps({"refused": True}) + "\n")
        return
    head = {
        "bytes": len(drawn.picture),
        "number": drawn.number,
        "pages": drawn.pages,
        "lacks_fonts": drawn.lacks_fonts,
    }
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + drawn.picture)
    sys.stdout.buffer.flush()
