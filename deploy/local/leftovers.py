"""What an earlier run of an instance left behind, and who holds a port.

supervisord leads a session of its own (setsid), in which all its programs stay, and writes its pid
into the folder. A number of a session is given to nobody else as long as anybody is in it: so the
programs are found even when supervisord itself was killed. Whoever is in it counts as ours only if
it works in the folder or was started for it.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

import psutil

PID_FILE: Final = "supervisord.pid"
CONFIGURATION: Final = "supervisord.conf"
ORDERLY_SECONDS = 45
"""What a run that is ending gets for it: as long as a worker does."""

SERVER_SECONDS: Final = 2
"""PostgreSQL gives back its shared memory in this time when it is to end at once."""

KILLED_SECONDS: Final = 5
POLL_SECONDS: Final = 0.05
_SHOWN_CHARS: Final = 60


class LeftoverError(Exception):
    """Something of an earlier run cannot be ended; the message names it."""


def end(folder: Path, say: Callable[[str], None]) -> None:
    """End what an earlier run left, or wait until it has ended itself; nothing if there is none.

    Raises LeftoverError.
    """
    if found := members(folder):
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        say(f"an earlier run has not ended yet (process {found[0].pid}{more}); ending it ...")
        # Told to end, supervisord ends the others in their order and starts none of them again.
        for process in [one for one in found if _is_supervisord(one, folder)] or found:
            _send(process, signal.SIGINT if _is_postgres(process) else signal.SIGTERM)
        # supervisord takes its pid away shortly before it ends.
        if not _wait(lambda: [*_alive(found), *members(folder)], ORDERLY_SECONDS):
            kill(folder)


def kill(folder: Path) -> None:
    """End everything of the folder's run at once. Raises LeftoverError."""
    doomed = members(folder)
    for process in doomed:
        _send(process, signal.SIGQUIT if _is_postgres(process) else signal.SIGKILL)
    _wait(lambda: _alive(doomed), SERVER_SECONDS)

    def left() -> list[psutil.Process]:
        """With what was begun meanwhile."""
        there = list({*_alive(doomed), *members(folder)})
        for process in there:
            _send(process, signal.SIGKILL)
        return there

    if not _wait(left, KILLED_SECONDS):
        pids = ", ".join(str(one.pid) for one in _alive(doomed))
        raise LeftoverError(f"Processes {pids} of {folder} cannot be ended, not even by force.")
    (folder / PID_FILE).unlink(missing_ok=True)


def members(folder: Path) -> list[psutil.Process]:
    """The processes of the folder's run: supervisord first, if it is there, and all below it."""
    try:
        leader = int((folder / PID_FILE).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return []
    everyone = {one.pid: one for one in psutil.process_iter() if _is_alive(one)}
    found = {pid: one for pid, one in everyone.items() if _session(pid) == leader}
    if leader not in everyone:
        found = {pid: one for pid, one in found.items() if _belongs(one, folder)}
    elif not _is_supervisord(everyone[leader], folder):
        return []  # Another program got its number, so nobody is left.
    parents = {pid: _parent(one) for pid, one in everyone.items()}
    # PostgreSQL's processes lead sessions of their own.
    while below := {pid for pid, above in parents.items() if above in found} - found.keys():
        found |= {pid: everyone[pid] for pid in below}
    return sorted(found.values(), key=lambda one: (one.pid != leader, one.pid))


def holder(port: int) -> str | None:
    """Who holds a TCP port of this machine, in words; None where that cannot be found out."""
    try:
        held = [
            one for one in psutil.net_connections("tcp") if one.laddr and one.laddr.port == port
        ]
    except psutil.Error:
        return None
    held.sort(key=lambda one: one.status != psutil.CONN_LISTEN)
    if not held:
        return None
    if held[0].pid is None:
        return "a process of another account"
    command = _command(held[0].pid)
    return f"process {held[0].pid}" + (f" ({command})" if command else "")


def _command(pid: int) -> str:
    try:
        process = psutil.Process(pid)
        words = " ".join(process.cmdline()) or process.name()
    except psutil.Error:
        return ""
    return words if len(words) <= _SHOWN_CHARS else words[: _SHOWN_CHARS - 1] + "…"


def _belongs(process: psutil.Process, folder: Path) -> bool:
    """Whether a process works in the folder, or for it: where a server of another account works
    is not always told."""
    try:
        if any(str(folder) in word for word in process.cmdline()):
            return True
        return Path(process.cwd()).is_relative_to(folder)
    except psutil.Error:
        return False


def _is_supervisord(process: psutil.Process, folder: Path) -> bool:
    try:
        command = process.cmdline()
    except psutil.Error:
        return False
    return "supervisor.supervisord" in command and str(folder / CONFIGURATION) in command


def _is_postgres(process: psutil.Process) -> bool:
    return _name(process) == "postgres"


def _name(process: psutil.Process) -> str:
    try:
        return process.name()
    except psutil.Error:
        return ""


def _parent(process: psutil.Process) -> int | None:
    try:
        return process.ppid()
    except psutil.Error:
        return None


def _session(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except OSError:
        return None


def _is_alive(process: psutil.Process) -> bool:
    """A zombie has ended; that its parent has not noticed is of no matter."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _alive(processes: Iterable[psutil.Process]) -> list[psutil.Process]:
    return [one for one in processes if _is_alive(one)]


def _send(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.Error:
        return


def _wait(left: Callable[[], list[psutil.Process]], seconds: float) -> bool:
    """Whether nobody was left before `seconds` had passed."""
    deadline = time.monotonic() + seconds
    while left():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True
