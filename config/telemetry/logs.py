"""JSON logs with one thread of ids from a request to its last task, without personal data.

Every process calls :func:`configure_logging` once; Celery processes call :func:`observe_celery`.
Events are static English sentences; what varies goes into keys, and
:mod:`config.telemetry.masking` decides what may be written. Ids live in context variables:
:func:`bind` sets them, :func:`headers` and :func:`bind_from_headers` carry them across the broker.
"""

from __future__ import annotations

import json
import logging
import logging.config
import sys
from collections.abc import Mapping, MutableMapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any, BinaryIO, Final, cast

import orjson
import structlog
from structlog.contextvars import (
    bind_contextvars,
    bound_contextvars,
    clear_contextvars,
    get_contextvars,
    merge_contextvars,
)

from config.settings import Settings
from config.telemetry import sentry
from config.telemetry.masking import MASK, describe_error, mask_event, type_name

IDS: Final = ("request_id", "receipt", "event_id", "stage")
"""What travels in message headers."""

_HEADER: Final = "wenqi_"
_component = "wenqi"

log: Any = structlog.get_logger()


def configure_logging(level: str, component: str) -> None:
    """Send structlog and the standard library's logging to stderr as JSON lines.

    In: a level name (``"INFO"``) and this process's component: api, relay, worker, beat, cli.
    Loggers of libraries (Celery, granian, SQLAlchemy) lose their own handlers.
    """
    global _component  # noqa: PLW0603 -- one component per process, named at its start
    _component = component
    structlog.configure(
        # Rendered here and written at once: the detour through the standard library's logging
        # doubles the price of an event, and every request pays it.
        processors=[
            merge_contextvars,
            structlog.processors.add_log_level,
            _describe_exception,
            mask_event,
            _stamp,
            structlog.processors.JSONRenderer(serializer=_line, default=lambda _: MASK),
        ],
        # The process's own, not what stands in for it at the moment: that may be closed again.
        logger_factory=structlog.BytesLoggerFactory(file=_stderr()),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(log_config(level))
    for name in list(logging.root.manager.loggerDict):
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
    logging.captureWarnings(capture=True)


def log_config(level: str) -> dict[str, Any]:
    """The ``dictConfig`` of JSON logs, also for granian's ``log_dictconfig``."""
    quiet = {"handlers": [], "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "config.telemetry.logs.json_formatter"}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.__stderr__",
                "formatter": "json",
            }
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "_granian": quiet,
            "granian.access": quiet,
            # Celery tells of every task at INFO; the tasks tell it themselves, with ids.
            "celery.app.trace": {**quiet, "level": "WARNING"},
            "celery.worker.strategy": {**quiet, "level": "WARNING"},
        },
    }


def json_formatter() -> logging.Formatter:
    """The formatter of libraries' log records: the same line as structlog's own."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            merge_contextvars,
            _foreign_message,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
        ],
        use_get_message=False,
        pass_foreign_args=True,
        processors=[
            _describe_exception,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            mask_event,
            _stamp,
            structlog.processors.JSONRenderer(serializer=_dumps, default=lambda _: MASK),
        ],
    )


def _stderr() -> BinaryIO:
    if sys.__stderr__ is None:
        raise RuntimeError("a process without a standard error has nowhere to log to")
    return cast("BinaryIO", sys.__stderr__.buffer)


def _line(event: Any, *, default: Any) -> bytes:
    try:
        return orjson.dumps(event, default)
    except TypeError:  # half a character, a number of more than 64 bits
        return _dumps(event, default=default).encode(errors="backslashreplace")


def _dumps(event: Any, **options: Any) -> str:
    return json.dumps(event, ensure_ascii=False, **options)


def _stamp(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Any:
    event["component"] = _component
    event["timestamp"] = datetime.now(UTC).isoformat(timespec="milliseconds")
    return event


def _foreign_message(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Any:
    """A library's message, filled in unless it reports an exception.

    The arguments of a report hold the exception's own words, so only its template is kept.
    """
    record: logging.LogRecord = event["_record"]
    args = event.pop("positional_args", ())
    if record.exc_info or record.name == "celery.app.trace":
        if isinstance(args, Mapping):
            event["task"] = args.get("name")
            event["task_id"] = args.get("id")
    elif args:
        try:
            event["event"] = str(record.msg) % args
        except (TypeError, ValueError, KeyError):
            event["event"] = str(record.msg)
    return event


def _describe_exception(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Any:
    raised = event.pop("exc_info", None)
    record = event.get("_record")
    if raised is None and isinstance(record, logging.LogRecord):
        raised = record.exc_info
    if raised is True:
        raised = sys.exc_info()
    if isinstance(raised, tuple):
        raised = raised[1]
    if isinstance(raised, BaseException):
        event.update(describe_error(raised))
    event.pop("stack_info", None)
    return event


def bind(**ids: Any) -> AbstractContextManager[None]:
    """Put ids on every log line and error report inside the ``with`` block."""
    return bound_contextvars(**ids)


def bind_here(**ids: Any) -> None:
    """Put ids on everything that follows in this context, until :func:`clear_contextvars`.

    For a request: its log line and its error report come after the view has returned.
    """
    bind_contextvars(**ids)


def headers(**ids: Any) -> dict[str, str]:
    """The ids of the present context, and those given, as message headers for the broker."""
    present = get_contextvars() | ids
    return {_HEADER + name: str(present[name]) for name in IDS if present.get(name) is not None}


def bind_from_headers(message_headers: Mapping[str, Any] | None) -> None:
    """Bind the ids that :func:`headers` put on a message, for the rest of this context."""
    received = message_headers or {}
    bind_contextvars(
        **{name: received[_HEADER + name] for name in IDS if received.get(_HEADER + name)}
    )


def report(error: BaseException, event: str = "unexpected error", **ids: Any) -> None:
    """Log an error that was caught (types and places only) and send it to Sentry if configured."""
    with bind(**ids):
        log.error(event, exc_info=error)
        sentry.capture(error)


def init_sentry(settings: Settings, component: str) -> None:
    """Start error reporting for this process; without ``SENTRY_DSN`` nothing is ever sent."""
    sentry.start(settings.sentry_dsn, settings.environment, component)


def observe_celery(settings: Settings, component: str = "worker") -> None:
    """Make a Celery process log, report and carry ids as every other process does.

    Call where the Celery app is made. ``component`` names the process; a beat renames itself.
    """
    from celery import signals

    def start(name: str) -> None:
        configure_logging(settings.log_level, name)
        init_sentry(settings, name)

    def setup_logging(**_: Any) -> None:
        start(_component if _component in ("beat", "relay") else component)

    def beat_started(**_: Any) -> None:
        start("beat")

    def task_starts(task_id: str, task: Any, **_: Any) -> None:
        clear_contextvars()
        # A task is named for its stage, so that even a failure outside its own binding has one.
        bind_contextvars(task_id=task_id, task=task.name, stage=task.name)
        # Headers of one's own arrive as attributes of the request (protocol 2).
        bind_from_headers(vars(task.request) | (task.request.headers or {}))

    def task_ended(**_: Any) -> None:
        clear_contextvars()

    def task_failed(exception: BaseException, **_: Any) -> None:
        report(exception, "task failed")

    def child_ends(**_: Any) -> None:
        sentry.flush()

    # Strong references: the receivers are local and must outlive this call.
    signals.setup_logging.connect(setup_logging, weak=False)
    signals.beat_init.connect(beat_started, weak=False)
    signals.task_prerun.connect(task_starts, weak=False)
    signals.task_postrun.connect(task_ended, weak=False)
    signals.task_failure.connect(task_failed, weak=False)
    signals.worker_process_shutdown.connect(child_ends, weak=False)


__all__ = [
    "bind",
    "bind_from_headers",
    "bind_here",
    "clear_contextvars",
    "configure_logging",
    "headers",
    "init_sentry",
    "log",
    "log_config",
    "observe_celery",
    "report",
    "type_name",
]
