"""The processes of Wenqi and their commands, written once.

The supervisor of `make run` and the tests start these; a test holds docker-compose.yml to them.
"""

from __future__ import annotations

import signal
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Program:
    """One long-running process.

    `command` may begin with "python" (see `runnable`). `stop_signal` asks it to finish what it has
    begun; after `stop_seconds` it is killed.
    """

    name: str
    command: tuple[str, ...]
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: int = 20


def application_programs(*, host: str, port: int, schedule: Path) -> tuple[Program, ...]:
    """Return the application's processes in starting order.

    `host` and `port`: where the API listens. `schedule`: the file beat keeps its last runs in.
    """
    return (
        Program("api", api_command(host, port)),
        Program("relay", _begin("relay")),
        # Rules are pure computation: processes, one per core.
        Program("worker-assess", _worker("assess", "prefork"), stop_seconds=45),
        # Sending waits for other machines: threads.
        Program("worker-notify", _worker("notify", "threads", 8), stop_seconds=45),
        Program("worker-remind", _worker("remind", "threads", 2), stop_seconds=45),
        # Apart, because an export may take minutes and a reminder must not wait for it.
        Program("worker-export", _worker("export", "threads", 1), stop_seconds=45),
        Program("beat", _begin("beat", "--schedule", str(schedule))),
    )


def api_command(host: str, port: int) -> tuple[str, ...]:
    """Return the command that serves the API, in API_WORKERS processes."""
    return ("python", "-m", "web.serve", "--host", host, "--port", str(port), "web.wsgi:app")


def runnable(command: tuple[str, ...]) -> list[str]:
    """Return `command` with "python" replaced by this interpreter."""
    return [sys.executable if part == "python" else part for part in command]


def _worker(queues: str, pool: str, concurrency: int | None = None) -> tuple[str, ...]:
    name = queues.partition(",")[0]
    options = ["-Q", queues, "--pool", pool, "--hostname", f"{name}@%h"]
    if concurrency is not None:
        options += ["--concurrency", str(concurrency)]
    # Nobody listens to what workers tell each other, and it costs a second at each start.
    return _begin("worker", *options, "--without-gossip", "--without-mingle")


def _begin(*arguments: str) -> tuple[str, ...]:
    return ("python", "-m", "workers.begin", *arguments)
