"""Settings from the environment: the one place that reads it.

Every process builds its `Settings` once at start. A wrong value is reported by the variable's name
at start, never at the first application that would need it. An empty variable counts as unset, so
that `${NAME:-}` in a compose file means "the default".
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from config import channels, practice
from config.channels import Contact, SmsGateway
from config.practice import Practice, PracticeError

SECRET_KEY_MIN_CHARS = 32
API_WORKERS_MOST = 32
# A process takes a core, some 100 MiB and a dozen of PostgreSQL's connections; more than this many
# by themselves would leave the workers and the database none.
_API_WORKERS_UNASKED = 4
_YUAN = re.compile(r"\d{1,12}(\.\d{1,2})?", re.ASCII)
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class SettingsError(ValueError):
    """A variable is missing or wrong. The message starts with the variable's name."""


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where e-mail is handed over. `security` is "none", "starttls" or "tls" (from the start)."""

    host: str
    port: int
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    security: str = "none"


@dataclass(frozen=True)
class Settings:
    """All settings of a process. Durations are seconds; days are Chinese working days."""

    database_url: str = field(repr=False)  # as SQLAlchemy wants it: postgresql+psycopg://…
    redis_url: str = field(repr=False)
    secret_key: str = field(default="", repr=False)
    public_url: str = "http://127.0.0.1:8000"  # without a slash at the end
    sentry_dsn: str | None = field(default=None, repr=False)
    environment: str = "local"
    log_level: str = "INFO"
    lease_seconds: int = 60
    max_attempts: int = 10
    chunk_max: int = 500
    api_workers: int = field(default_factory=lambda: api_workers({}))  # processes of the API
    smtp_url: str | None = field(default=None, repr=False)
    smtp_from: str | None = None
    smtp_timeout: int = 10
    bureau_addresses: Path | None = None
    sms_gateway: Path | None = None
    enterprise_channels: tuple[str, ...] = ("email", "sms")  # in order of trial
    failover_attempts: int = 3  # tries on one channel before the contact's next one
    http_timeout: int = 10  # one message to a robot, gateway or bureau system, altogether
    webhook_allow_private: bool = False
    # Local practice, not the notice's words: it promises visits and names no interval.
    visit_working_days: int = 10
    reminder_working_days: int = 2
    callback_working_days: int = 3
    # Above it a determination needs a second person.
    determination_approval_yuan: Decimal = Decimal(100_000)
    practice: Practice = field(default_factory=Practice)
    export_hours: int = 24  # a finished export can be fetched
    allow_time_travel: bool = False
    max_body_bytes: int = 262144
    notice_id: str = "xicheng-2020-6"

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read the settings from `env` (default: the process environment).

        Raises SettingsError, naming the variable, for a missing, malformed or unsafe value.
        """
        env = os.environ if env is None else env
        read = _Reader(env)
        settings = cls(
            database_url=_sqlalchemy_url(read.required("DATABASE_URL")),
            redis_url=_redis_url(read.required("REDIS_URL")),
            secret_key=_secret_key(read.text("SECRET_KEY", "")),
            public_url=_http_url("PUBLIC_URL", read.text("PUBLIC_URL", cls.public_url)).rstrip("/"),
            sentry_dsn=_dsn(read.optional("SENTRY_DSN")),
            environment=read.text("WENQI_ENV", cls.environment),
            log_level=_log_level(read.text("LOG_LEVEL", cls.log_level)),
            lease_seconds=read.integer("LEASE_SECONDS", cls.lease_seconds, 1, 3600),
            max_attempts=read.integer("MAX_ATTEMPTS", cls.max_attempts, 1, 1000),
            chunk_max=read.integer("CHUNK_MAX", cls.chunk_max, 1, 10_000),
            api_workers=api_workers(env),
            smtp_url=read.optional("SMTP_URL"),
            smtp_from=read.optional("SMTP_FROM"),
            smtp_timeout=read.integer("SMTP_TIMEOUT", cls.smtp_timeout, 1, 600),
            bureau_addresses=_existing_file("BUREAU_ADDRESSES", read.optional("BUREAU_ADDRESSES")),
            sms_gateway=_existing_file("SMS_GATEWAY", read.optional("SMS_GATEWAY")),
            enterprise_channels=_channel_names(read.text("ENTERPRISE_CHANNELS", "email,sms")),
            failover_attempts=read.integer("FAILOVER_ATTEMPTS", cls.failover_attempts, 1, 100),
            http_timeout=read.integer("HTTP_TIMEOUT", cls.http_timeout, 1, 60),
            webhook_allow_private=read.flag(
                "WEBHOOK_ALLOW_PRIVATE", default=cls.webhook_allow_private
            ),
            visit_working_days=read.integer("VISIT_WORKING_DAYS", cls.visit_working_days, 1, 250),
            reminder_working_days=read.integer(
                "REMINDER_WORKING_DAYS", cls.reminder_working_days, 0, 250
            ),
            callback_working_days=read.integer(
                "CALLBACK_WORKING_DAYS", cls.callback_working_days, 1, 250
            ),
            determination_approval_yuan=read.yuan(
                "DETERMINATION_APPROVAL_YUAN", cls.determination_approval_yuan
            ),
            practice=_practice(read),
            export_hours=read.integer("EXPORT_HOURS", cls.export_hours, 1, 24 * 30),
            allow_time_travel=read.flag("ALLOW_TIME_TRAVEL", default=cls.allow_time_travel),
            max_body_bytes=read.integer("MAX_BODY_BYTES", cls.max_body_bytes, 1024, 64 * 1024**2),
            notice_id=read.text("NOTICE_ID", cls.notice_id),
        )
        settings._check_together()
        return settings

    def require_secret_key(self) -> str:
        """Return the secret key; raises SettingsError where a process needs it and has none."""
        if not self.secret_key:
            raise SettingsError("SECRET_KEY is not set; this process cannot protect access codes")
        return self.secret_key

    @property
    def smtp(self) -> SmtpServer | None:
        """The mail server of SMTP_URL, or None where no e-mail is to be sent."""
        return _smtp_server(self.smtp_url) if self.smtp_url else None

    def bureau_contacts(self) -> dict[str, tuple[Contact, ...]]:
        """How each bureau is reached, in order of trial (BUREAU_ADDRESSES; {} without one)."""
        if self.bureau_addresses is None:
            return {}
        try:
            return channels.read_contacts(self.bureau_addresses)
        except channels.ChannelFileError as error:
            raise SettingsError(f"BUREAU_ADDRESSES: {error}") from error

    @cached_property
    def sms(self) -> SmsGateway | None:
        """The gateway of SMS_GATEWAY, or None where no short message is to be sent."""
        if self.sms_gateway is None:
            return None
        try:
            return channels.read_sms_gateway(self.sms_gateway)
        except channels.ChannelFileError as error:
            raise SettingsError(f"SMS_GATEWAY: {error}") from error

    def _check_together(self) -> None:
        if self.reminder_working_days >= self.visit_working_days:
            raise SettingsError("REMINDER_WORKING_DAYS must be smaller than VISIT_WORKING_DAYS")
        if self.smtp_url:
            _smtp_server(self.smtp_url)
            if not self.smtp_from:
                raise SettingsError("SMTP_FROM is not set although SMTP_URL is")
        self.bureau_contacts()
        _ = self.sms


class _Reader:
    """Typed look-ups that name the variable when they fail."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env

    def optional(self, name: str) -> str | None:
        return self._env.get(name, "").strip() or None

    def text(self, name: str, default: str) -> str:
        return self.optional(name) or default

    def required(self, name: str) -> str:
        value = self.optional(name)
        if value is None:
            raise SettingsError(f"{name} is not set")
        return value

    def integer(self, name: str, default: int, low: int, high: int) -> int:
        raw = self.optional(name)
        if raw is None:
            return default
        # int() alone would also take "1_000", "+5" and full-width digits.
        if not (raw.isascii() and raw.isdigit()) or not low <= int(raw) <= high:
            raise SettingsError(f"{name} must be a whole number from {low} to {high}, not {raw!r}")
        return int(raw)

    def yuan(self, name: str, default: Decimal) -> Decimal:
        raw = self.optional(name)
        if raw is None:
            return default
        if not _YUAN.fullmatch(raw):
            raise SettingsError(f"{name} must be an amount in yuan such as 100000.00, not {raw!r}")
        return Decimal(raw)

    def flag(self, name: str, *, default: bool) -> bool:
        raw = self.optional(name)
        if raw is None:
            return default
        if raw not in {"0", "1"}:
            raise SettingsError(f"{name} must be 0 or 1, not {raw!r}")
        return raw == "1"


def api_workers(env: Mapping[str, str] | None = None) -> int:
    """How many processes serve the API: API_WORKERS, or one per core but not more than four.

    Apart from the rest, for what is served without the application. Raises SettingsError.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    unasked = min(cores or 1, _API_WORKERS_UNASKED)
    read = _Reader(os.environ if env is None else env)
    return read.integer("API_WORKERS", unasked, 1, API_WORKERS_MOST)


def _practice(read: _Reader) -> Practice:
    try:
        return practice.read(read)
    except PracticeError as error:
        raise SettingsError(str(error)) from None


def _split(name: str, value: str, schemes: tuple[str, ...], form: str) -> SplitResult:
    """Split a URL; the error shows the wanted form and never the value, which may hold a secret."""
    try:
        parts = urlsplit(value)
        port_is_sane = parts.port is None or parts.port > 0
    except ValueError:
        raise SettingsError(f"{name} is not a URL of the form {form}") from None
    if parts.scheme not in schemes or not port_is_sane:
        raise SettingsError(f"{name} is not a URL of the form {form}")
    return parts


def _sqlalchemy_url(value: str) -> str:
    form = "postgresql://user:password@host/database"
    schemes = ("postgresql", "postgres", "postgresql+psycopg")
    parts = _split("DATABASE_URL", value, schemes, form)
    if len(parts.path) < len("/x"):
        raise SettingsError(f"DATABASE_URL names no database; the form is {form}")
    return "postgresql+psycopg" + value[len(parts.scheme) :]


def _redis_url(value: str) -> str:
    _split("REDIS_URL", value, ("redis", "rediss", "redis+socket"), "redis://:password@host:port/0")
    return value


def _http_url(name: str, value: str) -> str:
    parts = _split(name, value, ("http", "https"), "https://host")
    if not parts.hostname or parts.query or parts.fragment:
        raise SettingsError(f"{name} is not a URL of the form https://host")
    return value


def _dsn(value: str | None) -> str | None:
    if value is not None:
        parts = _split("SENTRY_DSN", value, ("http", "https"), "https://key@host/project")
        if not parts.username or not parts.hostname:
            raise SettingsError("SENTRY_DSN is not a URL of the form https://key@host/project")
    return value


def _secret_key(value: str) -> str:
    if value and len(value) < SECRET_KEY_MIN_CHARS:
        raise SettingsError(f"SECRET_KEY must have at least {SECRET_KEY_MIN_CHARS} characters")
    return value


def _log_level(value: str) -> str:
    if value.upper() not in LOG_LEVELS:
        raise SettingsError(f"LOG_LEVEL must be one of {', '.join(LOG_LEVELS)}, not {value!r}")
    return value.upper()


def _existing_file(name: str, value: str | None) -> Path | None:
    if value is None:
        return None
    path = Path(value)
    if not path.is_file():
        raise SettingsError(f"{name} names no file: {value!r}")
    return path


def _smtp_server(value: str) -> SmtpServer:
    form = "smtp://user:password@host:port?starttls=1 (or smtps://…)"
    parts = _split("SMTP_URL", value, ("smtp", "smtps"), form)
    options = parse_qs(parts.query, keep_blank_values=True)
    unknown = options.keys() - {"starttls"}
    starttls = options.get("starttls", ["0"])
    if not parts.hostname or unknown or starttls not in (["0"], ["1"]):
        raise SettingsError(f"SMTP_URL is not of the form {form}")
    tls = parts.scheme == "smtps"
    if tls and starttls == ["1"]:
        raise SettingsError("SMTP_URL: smtps:// is encrypted from the start; drop starttls=1")
    security = "tls" if tls else "starttls" if starttls == ["1"] else "none"
    default_port = {"tls": 465, "starttls": 587, "none": 25}[security]
    return SmtpServer(
        host=parts.hostname,
        port=parts.port or default_port,
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        security=security,
    )


def _channel_names(value: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in value.split(","))
    if len(set(names)) < len(names) or set(names) - {"email", "sms"}:
        raise SettingsError("ENTERPRISE_CHANNELS must list email and sms in the order of trial")
    return names
