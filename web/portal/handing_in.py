"""Files that a form of ours brings: each is handed in, or refused by its name, all else kept."""

from __future__ import annotations

from contextlib import suppress
from typing import Final, NamedTuple

from flask import Response

from api import files
from api.paths import secret
from api.services import services
from casework import errors
from casework.documents import handing_in
from casework.documents.errors import DocumentNotFound, DocumentRefused
from casework.documents.handing_in import Holder
from casework.documents.rows import Document
from web.parts.posted import posted_files
from web.parts.writing import size

INPUT: Final = "file:"
"""What the name of an input begins with; the paper follows."""


class RefusedFile(NamedTuple):
    """A file that was not taken: its name with its size, and why."""

    name: str
    why: str


class Taken(NamedTuple):
    """What a form has brought."""

    documents: list[Document]
    refused: list[RefusedFile]


def take(holder: Holder) -> Taken:
    """Hand in every file of the present form. Raises NotFound (nobody's), `Refused`."""
    made, taken = services(), Taken([], [])
    for each in posted_files():
        paper = each.field.removeprefix(INPUT)
        try:
            made.limiter.document()
            document = handing_in.take(
                made.db, made.settings, holder, paper=paper, name=each.name, read=each.read
            )
        except DocumentRefused as refused:
            each.skip()
            taken.refused.append(RefusedFile(f"{each.name}（{size(each.size)}）", refused.detail))
        except errors.Unavailable:
            taken.refused.append(RefusedFile(each.name, _LATER))
        except errors.NotFound:
            raise
        except errors.CaseworkError as error:
            taken.refused.append(RefusedFile(each.name, error.detail))
        else:
            taken.documents.append(document)
    return taken


def handle(given: str) -> str:
    """The handle in a path. Raises DocumentNotFound for what cannot be one."""
    return secret(given, DocumentNotFound)


def standing(holder: Holder, given: str) -> Document:
    """One of the holder's documents. Raises NotFound."""
    made = services()
    return handing_in.standing(made.db, made.settings, holder, handle(given))


def remove(holder: Holder, given: str) -> None:
    """Take one back; one that is gone already is gone. Raises DocumentFiled, DraftFrozen."""
    made = services()
    with suppress(DocumentNotFound):
        handing_in.remove(made.db, made.settings, holder, handle(given))


def send(holder: Holder, given: str, *, small: bool = False) -> Response:
    """One of the holder's documents, or its thumbnail, to be seen by the holder.

    Raises DocumentNotFound, NotReadable, StoreAway.
    """
    made = services()
    opened = handing_in.opened(made.db, made.settings, holder, handle(given), small=small)
    return files.send(opened, inline=small)


_LATER: Final = "系统这会儿忙不过来，这一份没有收下，请过一会儿重新选了再交。"
