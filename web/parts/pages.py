"""Pages: blueprints whose every answer is a page.

A view marked `api.auth.public` (or another mark) calls use cases and returns
:func:`web.parts.page.page`. What goes wrong in it becomes a page that says what to do
(:mod:`web.parts.problems`). A form that is sent has a token (:mod:`web.parts.tokens`), which is
checked before the view is called; the view reads it with :func:`web.parts.posted.posted`.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import Blueprint, Response, request

from web.parts import posted, problems, tokens
from web.parts.writing import FILTERS

_WORTH_PACKING: Final = 1024


class Pages(Blueprint):
    """A set of pages; its templates lie in the folder `templates` beside its module. `layout`: the
    template that its pages extend; `home`: where they lead back to; `context`: what the layout
    needs to know at each page."""

    def __init__(
        self,
        name: str,
        import_name: str,
        *,
        layout: str,
        home: str = "/",
        context: Callable[[], Mapping[str, Any]] = dict,
    ) -> None:
        super().__init__(name, import_name, template_folder="templates")
        self.layout: Final = layout
        self.home: Final = home
        self.context: Final = context
        self.before_request(_check_token)
        self.after_request(_finish)
        problems.answer_with_pages(self)
        self.record(lambda state: state.app.jinja_env.filters.update(FILTERS))


def _check_token() -> None:
    if request.method == "POST":
        tokens.check()


def _finish(response: Response) -> Response:
    """Give a new visitor the cookie that a form on the page needs; make the page small."""
    posted.finish()
    tokens.remember(response)
    if response.content_type.startswith("text/html"):
        response.headers.add("Vary", "Accept-Encoding")
        body = response.get_data()
        if request.accept_encodings.quality("gzip") and len(body) >= _WORTH_PACKING:
            response.set_data(gzip.compress(body, 5, mtime=0))
            response.headers["Content-Encoding"] = "gzip"
    return response
