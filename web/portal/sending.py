"""A file that the page's script sends in parts: announced, then gone on with from where it stands.

Each request is a form of the page, with its token and, of a draft, its mark; the use case is that
of a form that brings whole files. What is wrong with a file is said in one sentence (`said`), to be
shown beside its field; what is a matter of a moment is an error of the server, and tried again.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final

from flask import Response

from api import errors as api_errors
from api.services import services
from casework import errors
from casework.documents import handing_in
from casework.documents.errors import DocumentNotFound, WrongOffset
from casework.documents.handing_in import Holder
from casework.documents.rows import Document
from vocabulary.documents import MOST_BYTES, DocumentState
from web.parts.numbers import whole_number
from web.parts.posted import posted, posted_files
from web.portal.handing_in import handle

_MOST_DIGITS: Final = 9


def begin(holder: Holder) -> Response:
    """Announce a file: its paper, its name, its size. One that was begun before is told with the
    digest of what there is of it (`seen`), unless it is to be sent anew (`fresh`)."""
    made, sent = services(), posted()
    paper, name = sent.get("paper", ""), sent.get("name", "")
    size = _number(sent.get("size", ""))
    seen = ""

    def announce() -> Document:
        nonlocal seen
        made.limiter.document()
        act = (made.db, made.settings, holder)
        if "fresh" not in sent:
            before = handing_in.unfinished(*act, paper=paper, name=name, size=size)
            if before is not None:
                document, seen = before
                return document
        return handing_in.begin(*act, paper=paper, name=name, size=size)

    return _told(announce, lambda: seen)


def receive(holder: Holder, given: str) -> Response:
    """Take a part from an offset on; without a part, say how far the file has come. Of one that
    was there already, under which name (`same`)."""
    made, document = services(), handle(given)
    offset = _number(posted().get("offset", ""))

    def take() -> Document:
        for part in posted_files():
            return handing_in.receive(
                made.db, made.settings, holder, document, offset, part.read, once=True
            )
        return handing_in.standing(made.db, made.settings, holder, document)

    return _told(take, mine=document)


def _told(
    act: Callable[[], Document], seen: Callable[[], str] = str, mine: str | None = None
) -> Response:
    try:
        document = act()
    except WrongOffset as wrong:
        return _answer({"received": wrong.offset, "done": False})
    except DocumentNotFound:
        return _answer({"gone": True})
    except errors.NotFound:
        raise
    except errors.CaseworkError as error:
        return _answer({"said": error.detail}, api_errors.status_of(error))
    is_done = document.state is not DocumentState.RECEIVING
    told = {"id": document.handle, "received": document.received, "done": is_done}
    if mine not in (None, document.handle):
        told["same"] = document.name
    return _answer({**told, "seen": seen()} if seen() else told)


def _answer(told: dict[str, object], status: int = 200) -> Response:
    response = Response(
        json.dumps(told, ensure_ascii=False), status, content_type="application/json"
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _number(text: str) -> int:
    """A number of bytes; what is none is more than is taken."""
    found = whole_number(text, _MOST_DIGITS)
    return MOST_BYTES + 1 if found is None else found
