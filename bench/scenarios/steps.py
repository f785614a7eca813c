"""Single steps that have a bound of their own, in one process: `bench.limits.steps`."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass

from bench import REPOSITORY
from bench.machine import BenchError
from deploy.local.processes import runnable

SECONDS = 120


@dataclass(frozen=True, slots=True)
class Steps:
    """Milliseconds of CPU: for the costliest of all hostile bodies, which is named, and for what
    encryption adds to one application."""

    body: str
    body_ms: float
    encryption_ms: float


def measure() -> Steps:
    """Once per run."""
    command = runnable(("python", "-m", "bench.limits.steps"))
    done = subprocess.run(
        command, cwd=REPOSITORY, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    if done.returncode:
        raise BenchError(f"the single steps failed:\n{done.stderr[-1000:]}")
    return Steps(**json.loads(done.stdout))
