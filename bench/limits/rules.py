"""The rules alone, in a loop, on one core: `python -m bench.limits.rules SECONDS`.

Prints assessments per second: assess, route, and the document that is stored.
"""

from __future__ import annotations

import sys
import time
from datetime import datetime

from bench.applications import body
from bench.decision import decide
from config.settings import Settings
from tests.support.packaged import load_application
from vocabulary.zone import CHINA


def run(settings: Settings, seconds: float) -> float:
    """Decide the same application again and again. Returns times per second."""
    submission = load_application(body(0))
    received_at = datetime.now(CHINA)
    count = 0
    begun = time.perf_counter()
    while (elapsed := time.perf_counter() - begun) < seconds:
        decide(
            settings, submission.provision, submission.enterprise, submission.facts, received_at
        ).document()
        count += 1
    return count / elapsed


if __name__ == "__main__":
    # Nothing is connected to; the settings only name the notice.
    placeholders = {"DATABASE_URL": "postgresql:///none", "REDIS_URL": "redis://127.0.0.1/0"}
    print(run(Settings.from_env(placeholders), float(sys.argv[1])))
