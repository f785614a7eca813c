"""A bureau's client over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema
import requests

TIMEOUT = 30


@dataclass
class BureauClient:
    """A bureau's client: asks with its token, and holds each answer to the document."""

    base: str
    token: str
    document: dict[str, Any]

    def get(self, path: str, **query: Any) -> requests.Response:
        return requests.get(
            self.base + path, params=query, headers=self._headers(), timeout=TIMEOUT
        )

    def post(
        self, path: str, body: Any, headers: Mapping[str, str] | None = None
    ) -> requests.Response:
        sent = {**self._headers(), **(headers or {})}
        return requests.post(self.base + path, json=body, headers=sent, timeout=TIMEOUT)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def read(self, path: str, schema: str, **query: Any) -> dict[str, Any]:
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.text
        assert answer.headers["Cache-Control"] == "no-store"
        return self.check(answer, schema)

    def check(self, answer: requests.Response, schema: str) -> dict[str, Any]:
        jsonschema.Draft202012Validator(
            {"$ref": f"#/components/schemas/{schema}", "components": self.document["components"]},
            format_checker=jsonschema.FormatChecker(),
        ).validate(answer.json())
        told: dict[str, Any] = answer.json()
        return told
