"""A process of its own for what a stranger sent: no secrets, a bounded memory and a bounded time.

Decoders are large and written in C: what breaks one breaks that process alone. It is given
neither this one's environment nor its files.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

from config.telemetry.logs import log

_LONGEST_HEAD: Final = 1024
_ROOT: Final = str(Path(__file__).parents[2])


class Answer(NamedTuple):
    """What it answered: a line, and then what it is still writing."""

    said: dict[str, Any]
    out: IO[bytes]


def program(module: str) -> str:
    """What calls a module's `main`."""
    return f"import sys; sys.path.insert(0, {_ROOT!r}); from {module} import main; main()"


@contextmanager
def started(program: str, *given: str, seconds: int) -> Iterator[subprocess.Popen[bytes]]:
    """A program in a process of its own, ended after so many seconds at the latest. `given`: what
    it finds in its arguments."""
    with subprocess.Popen(  # noqa: S603 -- our own program
        [sys.executable, "-I", "-c", program, *given],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
    ) as child:
        # It may hang as well as compute; nothing else ends a read that waits for it.
        timer = threading.Timer(seconds, child.kill)
        timer.start()
        try:
            yield child
        finally:
            timer.cancel()
            child.kill()


def asked(child: subprocess.Popen[bytes], pieces: Iterable[bytes]) -> Answer | None:
    """Give it the file; what it answers. None where it died first."""
    assert child.stdin is not None and child.stdout is not None  # noqa: S101, PT018 -- pipes
    try:
        for piece in pieces:
            child.stdin.write(piece)
        child.stdin.close()
    except BrokenPipeError:
        pass
    line = child.stdout.readline(_LONGEST_HEAD)
    if not line:
        log.warning("document.reader_died", status=child.wait())
        return None
    return Answer(json.loads(line), child.stdout)
