"""The pages of a form without a browser: fill in a step, press a button, go where one is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Final

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

_HIDDEN: Final = re.compile(r'<input type="hidden" name="(token|draft)" value="([^"]*)">')
_EVERY: Final = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')


@dataclass
class FormPages:
    """One browser's way through forms; `seen` is the page it shows."""

    client: FlaskClient
    seen: TestResponse | None = field(default=None)

    @property
    def text(self) -> str:
        """The page that is shown."""
        assert self.seen is not None
        return unescape(self.seen.text)

    def open(self, address: str, status: int = 200) -> str:
        """Go to a page, following where one is sent."""
        self.seen = self.client.get(address, follow_redirects=True)
        assert self.seen.status_code == status, (address, self.seen.status_code, self.text)
        return self.text

    def send(self, address: str, values: Mapping[str, str | list[str]], status: int = 200) -> str:
        """Send the form of the page that is shown, with these values."""
        self.seen = self.sent(address, values)
        if self.seen.status_code == 303:
            return self.open(self.seen.headers["Location"].partition("#")[0], status)
        assert self.seen.status_code == status, (address, self.seen.status_code, self.text)
        return self.text

    def sent(self, address: str, values: Mapping[str, str | list[str]]) -> TestResponse:
        """The bare answer to a form that is sent."""
        return self.client.post(address, data={**self.hidden(), **values})

    def hidden(self) -> dict[str, str]:
        """The token and the draft that the page's first form names."""
        return dict(_HIDDEN.findall(self.seen.text if self.seen else ""))

    def all_hidden(self) -> dict[str, str]:
        """Every hidden field of the page."""
        found = _EVERY.findall(self.seen.text if self.seen else "")
        return {unescape(name): unescape(value) for name, value in found}

    def begin(self, provision: str) -> str:
        """A new draft; its first step."""
        self.open(f"/apply/{provision}")
        return self.send(f"/apply/{provision}", {})

    def code(self) -> str:
        """The resume code that the page shows."""
        found = re.search(r"<b class=\"wq-n\">([0-9A-Z-]{20,})</b>", self.text)
        assert found
        return found[1]
