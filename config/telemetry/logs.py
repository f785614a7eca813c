"""JSON logs without personal data.

Every process calls :func:`configure_logging` once; Celery's do so through
:func:`config.telemetry.celery_signals.observe_celery`. Events are static English sentences; what
varies goes into keys, and :mod:`config.telemetry.masking` decides what may be written.
"""

from __future__ import annotations

import json
import logging
import logging.config
import sys
from collections.abc import Mapping, MutableMapping
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Any, BinaryIO, Final, cast

import orjson
import structlog
from structlog.contextvars import merge_contextvars

from config.telemetry.masking import MASK, describe_error, mask_event

# As people there tell the time; without summer time since 1991.
_CHINA: Final = timezone(timedelta(hours=8))

_component = "wenqi"

log: Any = structlog.get_logger()


def configure_logging(level: str, process: str) -> None:
    """Send structlog and the standard library's logging to stderr as JSON lines.

    Takes a level name (``"INFO"``) and this process's component: api, relay, worker, beat, cli.
    Loggers of libraries (Celery, granian, SQLAlchemy) lose their own handlers.
    """
    global _component  # noqa: PLW0603 -- one component per process, named at its start
    _component = process
    structlog.configure(
        processors=_processors(),
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


@cache
def _processors() -> list[Any]:
    """One list however often logging is configured: a logger keeps the list of its first use."""
    # Rendered here and written at once: the detour through the standard library's logging doubles
    # the price of an event, and every request pays it.
    return [
        merge_contextvars,
        structlog.processors.add_log_level,
        _describe_exception,
        mask_event,
        _stamp,
        structlog.processors.JSONRenderer(serializer=_line, default=lambda _: MASK),
    ]


def component() -> str:
    """What this process was called when its logging was configured."""
    return _component


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
            # At INFO it lists its own parts when it is first imported.
            "alembic.runtime.plugins": {**quiet, "level": "WARNING"},
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
    event["timestamp"] = datetime.now(_CHINA).isoformat(timespec="milliseconds")
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
