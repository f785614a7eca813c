"""Each page's template compiled once in a test process, however many applications it makes."""

from __future__ import annotations

from typing import Any, Final

from flask import Flask
from flask.templating import Environment
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket


class _Kept(BytecodeCache):
    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        # Jinja compares its checksum with the source's: what was changed is compiled anew.
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


KEPT: Final = _Kept()


class _Environment(Environment):
    def __init__(self, app: Flask, **options: Any) -> None:
        super().__init__(app, **options, bytecode_cache=KEPT)


def keep() -> None:
    """For every application that this process makes from now on."""
    Flask.jinja_environment = _Environment  # type: ignore[assignment]
