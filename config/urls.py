"""The forms of URLs that settings take. An error never repeats a URL: it may hold a password."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, parse_qs, unquote, urlencode, urlsplit

_TLS_FILES: Final = {"ssl_ca_certs", "ssl_certfile", "ssl_keyfile"}


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where e-mail is handed over. `security` is "none", "starttls" or "tls" (from the start)."""

    host: str
    port: int
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    security: str = "none"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def listen_address(value: str) -> Address:
    """An address to listen at, as 127.0.0.1:9100 or [::1]:9100."""
    form = "127.0.0.1:9100"
    try:
        parts = urlsplit(f"//{value}")
        port = parts.port
    except ValueError:
        raise ValueError(f"must be an address of the form {form}, not {value!r}") from None
    if not parts.hostname or not port or parts.netloc != value or parts.username is not None:
        raise ValueError(f"must be an address of the form {form}, not {value!r}")
    return Address(parts.hostname, port)


def database_url(value: str) -> str:
    """A PostgreSQL URL in any usual spelling, as SQLAlchemy wants it: postgresql+psycopg://…"""
    form = "postgresql://user:password@host/database"
    parts = _split(value, ("postgresql", "postgres", "postgresql+psycopg"), form)
    if len(parts.path) < len("/x"):
        raise ValueError(f"names no database; the form is {form}")
    return "postgresql+psycopg" + value[len(parts.scheme) :]


def redis_url(value: str) -> str:
    """The URL of a broker that speaks the Redis protocol.

    With rediss:// its certificate is checked, by the system's authorities or those of
    `?ssl_ca_certs=/path/to/ca.pem`: said in the URL that is returned, because kombu checks
    nothing unless told to.
    """
    parts = _split(value, ("redis", "rediss", "redis+socket"), "redis://user:password@host:port/0")
    if parts.scheme != "rediss":
        return value
    options = parse_qs(parts.query, keep_blank_values=True)
    checked = options.pop("ssl_cert_reqs", ["required"])
    if checked != ["required"] or options.keys() - _TLS_FILES:
        raise ValueError("says rediss:// and must let the certificate be checked")
    files = [path for paths in options.values() for path in paths]
    if missing := [path for path in files if not Path(path).is_file()]:
        raise ValueError(f"names no file: {missing[0]!r}")
    query = urlencode({**options, "ssl_cert_reqs": checked}, doseq=True, safe="/")
    return parts._replace(query=query).geturl()


def web_origins(value: str) -> tuple[str, ...]:
    """Origins of pages as browsers name them, separated by commas: scheme, host, port if it is not
    the usual one; nothing else, and no wildcard."""
    form = "https://forms.example.org,https://other.example.org:8443"
    found = tuple(each.strip() for each in value.split(","))
    for each in found:
        parts = urlsplit(each)
        try:
            usual = {"https": 443, "http": 80}.get(parts.scheme) if parts.hostname else None
            is_plain = each == each.lower() and each == f"{parts.scheme}://{parts.netloc}"
            is_right = usual and is_plain and "@" not in each and parts.port != usual
        except ValueError:
            is_right = False
        if not is_right or "*" in each:
            raise ValueError(f"must be origins of the form {form}, not {each!r}")
    return found


def public_url(value: str) -> str:
    """An http(s) address, without a slash at the end."""
    form = "https://host"
    parts = _split(value, ("http", "https"), form)
    if not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"is not a URL of the form {form}")
    return value.rstrip("/")


def is_loopback(url: str) -> bool:
    """Whether an address is of this machine alone."""
    return (urlsplit(url).hostname or "") in {"127.0.0.1", "::1", "localhost"}


def issuer(value: str) -> str:
    """An OpenID provider: https, unless it is on this machine."""
    form = "https://host/path"
    parts = _split(value, ("https", "http"), form)
    if not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"is not a URL of the form {form}")
    if parts.scheme == "http" and not is_loopback(value):
        raise ValueError("must begin with https://")
    return value


def contact_uri(value: str) -> str:
    """How somebody is reached, as RFC 9116 wants it: mailto:…, tel:… or https://…"""
    parts = _split(value, ("mailto", "tel", "https"), "mailto:security@example.org or https://…")
    if not (parts.netloc or parts.path) or any(sign.isspace() for sign in value):
        raise ValueError("is not of the form mailto:security@example.org or https://…")
    return value


def sentry_dsn(value: str) -> str:
    """The address of a Sentry project, with its key."""
    form = "https://key@host/project"
    parts = _split(value, ("http", "https"), form)
    if not parts.username or not parts.hostname:
        raise ValueError(f"is not a URL of the form {form}")
    return value


def smtp_url(value: str) -> str:
    """The URL of a mail server; :func:`smtp_server` takes it apart."""
    smtp_server(value)
    return value


def smtp_server(value: str) -> SmtpServer:
    """The mail server that a URL names. Raises ValueError."""
    form = "smtp://user:password@host:port?starttls=1 (or smtps://…)"
    parts = _split(value, ("smtp", "smtps"), form)
    options = parse_qs(parts.query, keep_blank_values=True)
    unknown = options.keys() - {"starttls"}
    starttls = options.get("starttls", ["0"])
    if not parts.hostname or unknown or starttls not in (["0"], ["1"]):
        raise ValueError(f"is not of the form {form}")
    tls = parts.scheme == "smtps"
    if tls and starttls == ["1"]:
        raise ValueError("says smtps://, which is encrypted from the start; drop starttls=1")
    security = "tls" if tls else "starttls" if starttls == ["1"] else "none"
    default_port = {"tls": 465, "starttls": 587, "none": 25}[security]
    return SmtpServer(
        host=parts.hostname,
        port=parts.port or default_port,
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        security=security,
    )


def _split(value: str, schemes: tuple[str, ...], form: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        port_is_sane = parts.port is None or parts.port > 0
    except ValueError:
        raise ValueError(f"is not a URL of the form {form}") from None
    if parts.scheme not in schemes or not port_is_sane:
        raise ValueError(f"is not a URL of the form {form}")
    return parts
