"""Error reports to Sentry that say where and what kind, and nothing about anybody.

An event is not scrubbed but rebuilt: :func:`allowed` copies the few members named here from what
the SDK collected. Whatever a later SDK version collects in addition stays at home.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, cast

from structlog.contextvars import get_contextvars

from config.settings import Settings
from config.telemetry.masking import MASK, mask_text

if TYPE_CHECKING:
    from sentry_sdk.types import Event

TAGS: Final = ("receipt", "stage", "component", "request_id", "event_id", "task", "task_id")
FLUSH_SECONDS: Final = 2.0

_TOP: Final = ("event_id", "timestamp", "level", "platform", "environment", "release", "sdk")
_FRAME: Final = ("module", "function", "lineno", "in_app")


def start(settings: Settings, component: str) -> None:
    """Start error reports of this process; without ``SENTRY_DSN`` nothing is ever sent, and the SDK
    is not even loaded."""
    if settings.sentry_dsn is None:
        return
    import sentry_sdk
    from sentry_sdk.integrations.atexit import AtexitIntegration
    from sentry_sdk.integrations.dedupe import DedupeIntegration
    from sentry_sdk.integrations.excepthook import ExcepthookIntegration
    from sentry_sdk.integrations.threading import ThreadingIntegration

    sentry_sdk.init(
        dsn=settings.sentry_dsn,
        environment=settings.environment,
        # Errors are handed over by config.telemetry.errors.report and, for what nobody caught, by
        # these hooks; framework integrations would collect requests, arguments and queries.
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[
            ExcepthookIntegration(),
            ThreadingIntegration(propagate_scope=False),
            DedupeIntegration(),
            AtexitIntegration(callback=lambda *_: None),
        ],
        send_default_pii=False,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        before_breadcrumb=lambda *_: None,
        before_send=lambda event, _hint: cast("Event", allowed(event, component)),
        auto_session_tracking=False,
        enable_metrics=False,
        server_name="",
        traces_sample_rate=None,
        propagate_traces=False,
    )


def capture(error: BaseException) -> None:
    """Send one error; a no-op before :func:`start` and without a DSN."""
    if (sdk := sys.modules.get("sentry_sdk")) is not None:
        sdk.capture_exception(error)


def flush() -> None:
    """Wait (at most :data:`FLUSH_SECONDS`) until what was captured has been sent."""
    if (sdk := sys.modules.get("sentry_sdk")) is not None:
        sdk.flush(timeout=FLUSH_SECONDS)


def allowed(event: Mapping[str, Any], component: str) -> dict[str, Any]:
    """The event rebuilt from the allow-list: type, frames, tags.

    Takes the SDK's event and this process's component. The tags come from the context's ids.
    """
    ids = get_contextvars() | {"component": component}
    rebuilt = {name: event[name] for name in _TOP if name in event}
    rebuilt["tags"] = {name: mask_text(str(ids[name])) for name in TAGS if ids.get(name)}
    rebuilt["exception"] = {
        "values": [
            {
                "type": value.get("type"),
                "module": value.get("module"),
                "value": MASK,
                "mechanism": {
                    "type": value.get("mechanism", {}).get("type", "generic"),
                    "handled": value.get("mechanism", {}).get("handled"),
                },
                "stacktrace": {
                    "frames": [
                        {name: frame.get(name) for name in _FRAME}
                        for frame in (value.get("stacktrace") or {}).get("frames", ())
                    ]
                },
            }
            for value in (event.get("exception") or {}).get("values", ())
        ]
    }
    return rebuilt
