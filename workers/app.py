"""The Celery application of the workers and of beat, which :mod:`workers.begin` starts.

Celery only carries ids. Messages may be lost or doubled; the ledger in PostgreSQL makes up for
both, so every setting here bounds how long that takes and none is needed for correctness.
"""

from __future__ import annotations

from typing import Any

from celery import Celery
from kombu import Exchange
from kombu import Queue as BrokerQueue

from casework.work.stages import STAGES
from config.telemetry.celery_signals import observe_celery
from vocabulary.work import Queue
from workers import alive, broker
from workers.envelope import TASK_SECONDS
from workers.runtime import settings

SWEEP = "sweep"
FORGET = "forget"
RECKON = "reckon"
SEAL = "seal"
WATCH = "watch"
COUNT = "count"
HAND_OUT = "hand-out"
SWEEP_FILES = "sweep-files"
EVERY_SECONDS = {
    SWEEP: 10,
    FORGET: 60,
    RECKON: 3600,
    SEAL: 20,
    WATCH: 60,
    HAND_OUT: 3600,
    SWEEP_FILES: 3600,
    COUNT: 1800,
}
SOFT_SHUTDOWN_SECONDS = 20


def transport_options(**extra: Any) -> dict[str, Any]:
    """How every process talks to the broker: no wait is without an end."""
    return {
        # Only a second chance: long before it, the ledger's lease has brought the work back.
        "visibility_timeout": 2 * TASK_SECONDS,
        "socket_connect_timeout": 5,
        "socket_timeout": 15,
        "socket_keepalive": True,
        "health_check_interval": 10,
        **extra,
    }


def configuration() -> dict[str, Any]:
    """Celery's settings, from ours; asked for once, when the process first needs them."""
    observe_celery(settings())
    return {
        "broker_url": settings().redis_url,
        "broker_transport_options": transport_options(),
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "task_queues": [BrokerQueue(name, Exchange(name), name) for name in Queue],
        "task_create_missing_queues": False,
        "task_default_queue": Queue.REMIND.value,
        # A canary's message names its queue itself.
        "task_routes": {
            stage.value: {"queue": (row.queue or Queue.REMIND).value}
            for stage, row in STAGES.items()
        },
        "task_serializer": "json",
        "accept_content": ["json"],
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_ignore_result": True,
        "result_backend": None,
        "task_time_limit": TASK_SECONDS,
        "task_send_sent_event": False,
        "worker_send_task_events": False,
        # Whoever writes to the broker could otherwise say "shutdown" to all of them at once.
        "worker_enable_remote_control": False,
        "worker_prefetch_multiplier": 1,
        "worker_soft_shutdown_timeout": SOFT_SHUTDOWN_SECONDS,
        "worker_enable_soft_shutdown_on_idle": False,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "timezone": "Asia/Shanghai",
        "enable_utc": True,
        "beat_schedule": {
            # Nobody needs yesterday's sweeps: while no worker listens, they lapse.
            task: {"task": task, "schedule": seconds, "options": {"expires": seconds}}
            for task, seconds in EVERY_SECONDS.items()
        },
    }


broker.install()
app = Celery(
    "wenqi",
    amqp="workers.broker:AMQP",
    include=["workers.tasks"],
)
# Late, so that importing this module needs no environment.
app.add_defaults(configuration)
app.steps["worker"].add(alive.Alive)
