"""Where attached files lie, and who scans them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from config import urls
from config.declared import Text, existing_file, variable

_BUCKET: Final = "s3://bucket/prefix?endpoint=https://host&region=name"
_OPTIONS: Final = {"endpoint", "region"}
_LOGIN: Final = ("access_key_id", "secret_access_key")
_CLAMD: Final = "unix:///run/clamd.sock or tcp://127.0.0.1:3310"


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of this machine."""

    path: Path


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket of an S3-compatible store. `endpoint`: None for the store that the region names."""

    name: str
    prefix: str
    endpoint: str | None
    region: str | None


@dataclass(frozen=True, slots=True)
class Clamd:
    """Where the scanner listens: a socket's path, or host and port."""

    path: str | None
    host: str = ""
    port: int = 0


def place(value: str) -> Folder | Bucket:
    """A folder's path, or a bucket. Raises ValueError."""
    if not value.startswith("s3://"):
        if "://" in value:
            raise ValueError(f"must be a folder or {_BUCKET}")
        return Folder(Path(value))
    parts = urlsplit(value)
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if not parts.hostname or parts.username or parts.port or set(options) - _OPTIONS:
        raise ValueError(f"must be of the form {_BUCKET}; keys stand in a file")
    endpoint = options.get("endpoint")
    if endpoint is not None:
        endpoint = urls.public_url(endpoint)
        if endpoint.startswith("http:") and not urls.is_loopback(endpoint):
            raise ValueError("names an endpoint that must begin with https://")
    prefix = unquote(parts.path).strip("/")
    return Bucket(parts.hostname, prefix, endpoint, options.get("region"))


def scanner(value: str) -> Clamd:
    """Raises ValueError: the protocol has no login and no encryption, so only this machine's."""
    parts = urlsplit(value)
    if parts.scheme == "unix" and not parts.netloc and parts.path.startswith("/"):
        return Clamd(parts.path)
    try:
        port = parts.port
    except ValueError:
        port = None
    if parts.scheme != "tcp" or not parts.hostname or not port or parts.path:
        raise ValueError(f"must be {_CLAMD}")
    if not urls.is_loopback(value):
        raise ValueError(f"must be of this machine: {_CLAMD}")
    return Clamd(None, parts.hostname, port)


@dataclass(frozen=True, slots=True)
class Documents:
    """Settings of attached files."""

    # fmt: off
    store: Folder | Bucket = field(default=Folder(Path("var/documents")), metadata=variable(
        "DOCUMENT_STORE", place,
        f"where attached files lie, encrypted: a folder, or `{_BUCKET}`",
        f"申报材料加密存放的位置：目录，或 `{_BUCKET}`",
        unset=Text("`var/documents`", "`var/documents`")))
    store_login: Path | None = field(default=None, metadata=variable(
        "DOCUMENT_STORE_LOGIN", existing_file,
        "TOML file for an S3-compatible store: `access_key_id`, `secret_access_key`",
        "TOML 文件，S3 兼容存储的 `access_key_id`、`secret_access_key`"))
    clamd: Clamd | None = field(default=None, metadata=variable(
        "CLAMD_URL", scanner,
        f"the scanner that each file has to pass before anybody can open it: `{_CLAMD}`",
        f"病毒扫描服务，通过之后材料才能打开：`{_CLAMD}`",
        unset=Text("files are not scanned", "不扫描")))
    # fmt: on

    def wrong(self) -> Iterator[str]:
        """A login for a folder, or one that cannot be read."""
        if self.store_login is None:
            return
        if isinstance(self.store, Folder):
            yield "DOCUMENT_STORE_LOGIN is set although DOCUMENT_STORE is a folder"
        try:
            self.keys()
        except (OSError, ValueError, KeyError):
            yield (
                f"DOCUMENT_STORE_LOGIN: {self.store_login}: must hold"
                f" {' and '.join(_LOGIN)} as TOML"
            )

    def keys(self) -> dict[str, str]:
        """The keys of the S3-compatible store; {} where its own environment gives them."""
        if self.store_login is None:
            return {}
        read = tomllib.loads(self.store_login.read_text(encoding="utf-8"))
        return {name: str(read[name]) for name in _LOGIN}
