"""After a program was killed, kill what it left behind: an event listener of supervisord.

`kill -9` of granian's or Celery's parent leaves its children: granian's would go on answering
requests beside the restarted program and hold the port after the end of everything. supervisord
gives each program a process group, named by the dead process's id as long as anybody is in it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys

from supervisor import childutils


def main() -> None:
    """Answer supervisord's PROCESS_STATE_EXITED events until standard input ends."""
    while True:
        _, payload = childutils.listener.wait(sys.stdin, sys.stdout)
        dead = int(childutils.get_headers(payload)["pid"])
        with contextlib.suppress(ProcessLookupError):
            os.killpg(dead, signal.SIGKILL)
        childutils.listener.ok(sys.stdout)


if __name__ == "__main__":
    main()
