"""What somebody has said in a screening, kept by their own browser for a while and by nobody else.

The cookie holds no name; each page of the screening holds the same once more, so that a browser
that has lost its cookie loses no answer.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any, Final

from flask import Response

from api import cookies
from web.parts.forms.shapes import Typed

COOKIE: Final = "wenqi-screen"
MINUTES: Final = 60
"""Counted anew at each page."""
LONGEST: Final = 3500
"""Characters of a cookie that every browser keeps."""
LONGEST_ANSWER: Final = 100


@dataclass(frozen=True, slots=True)
class Profile:
    """Topics somebody came for, what was typed, the questions that were put, in that order."""

    topics: tuple[str, ...] = ()
    typed: Typed = field(default_factory=dict)
    done: tuple[str, ...] = ()

    def written(self) -> str:
        """The same as a word, for a cookie or a hidden field."""
        text = json.dumps([self.topics, self.typed, self.done], ensure_ascii=False)
        return urlsafe_b64encode(text.encode()).decode()


def read(written: str | None) -> Profile | None:
    """What was written; None for nothing that could be ours."""
    if not written or len(written) > LONGEST:
        return None
    try:
        topics, typed, done = json.loads(urlsafe_b64decode(written.encode()))
        found = Profile(tuple(topics), dict(typed), tuple(done))
    except (ValueError, TypeError, RecursionError):
        return None
    words: list[Any] = [*found.topics, *found.typed, *found.typed.values(), *found.done]
    usable = all(
        isinstance(word, str) and word.isprintable() and len(word) <= LONGEST_ANSWER
        for word in words
    )
    return found if usable else None


def held() -> Profile | None:
    """What the browser holds."""
    return read(cookies.of_request(COOKIE, LONGEST))


def keep(response: Response, profile: Profile) -> Response:
    """Let the browser hold it, counted from now."""
    cookies.keep(response, COOKIE, profile.written(), MINUTES * 60)
    response.headers["Cache-Control"] = "no-store"
    return response


def forget(response: Response) -> Response:
    """Let the browser hold nothing any more."""
    cookies.keep(response, COOKIE, "", 0)
    return response
