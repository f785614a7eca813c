"""Become a server process.

`python -m deploy.local.launch [--unprivileged PATH…] SIGNAL -- COMMAND…`

Two things must happen between fork and exec of an embedded server, and neither a supervisor's
configuration nor a shell can do them:

* The process dies with its parent (Linux): the kernel sends it SIGNAL when the parent is gone, even
  after `kill -9` of the parent, so that no server is left behind holding the data directory.
* PostgreSQL refuses to run as root. As root the command therefore runs as `nobody`, an account
  every system has. Where the given paths lie below a private folder such as /root or a 0700
  temporary directory, `nobody` could not reach them; instead of loosening anybody's folder, the
  process keeps the one capability to pass through them.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import sys
from pathlib import Path

ACCOUNT = "nobody"

# From linux/prctl.h, linux/securebits.h and linux/capability.h.
PR_SET_PDEATHSIG = 1
PR_SET_SECUREBITS = 28
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
SECBIT_NO_SETUID_FIXUP = 1 << 2
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2
CAPABILITY_VERSION_3 = 0x20080522

SEARCH_BY_OTHERS = 0o001


class LaunchError(Exception):
    """The command cannot be started; the message says what helps."""


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _CapabilityData(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


def account_ids() -> tuple[int, int]:
    """Return (uid, gid) of the account that embedded servers run under when we are root."""
    try:
        entry = pwd.getpwnam(ACCOUNT)
    except KeyError:
        raise LaunchError(
            f"Running as root needs the account {ACCOUNT!r} for PostgreSQL, and this system has "
            "none. Run as an ordinary user, or set DATABASE_URL and REDIS_URL."
        ) from None
    return entry.pw_uid, entry.pw_gid


def reachable_by_others(path: Path) -> bool:
    """Whether every folder above `path` lets any account pass through."""
    return all(folder.stat().st_mode & SEARCH_BY_OTHERS for folder in path.absolute().parents)


def die_with_parent(signal_number: int) -> None:
    """Ask the kernel to send `signal_number` when the parent ends. Nothing on other systems."""
    if sys.platform == "linux":
        _prctl(PR_SET_PDEATHSIG, signal_number)


def adopt_orphans() -> None:
    """Become the parent of what programs below this process leave behind when they are killed, so
    that it can be waited for. Nothing on other systems than Linux."""
    if sys.platform == "linux":
        _prctl(PR_SET_CHILD_SUBREAPER, 1)


def drop_root(paths: list[Path]) -> None:
    """Continue as `nobody`, still able to pass through the folders above `paths`.

    Raises LaunchError when the system does not let root change its account or keep the capability.
    """
    capability = None
    if not all(reachable_by_others(path) for path in paths):
        capability = _offered_capability()
    uid, gid = account_ids()
    try:
        if capability is not None:
            # Otherwise setuid() below, and every later access(2), by which PostgreSQL looks for
            # its own programs, would disregard the capability of an account that is not root.
            _prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP)
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
        if capability is not None:
            _keep_only(capability)
        if sys.platform == "linux":
            _prctl(PR_SET_NO_NEW_PRIVS, 1)
    except OSError as error:
        raise LaunchError(
            f"PostgreSQL refuses to run as root, and this system does not let root continue as "
            f"{ACCOUNT!r} ({error.strerror}). Run as an ordinary user, or set DATABASE_URL and "
            "REDIS_URL."
        ) from error


def _offered_capability() -> int:
    """The narrowest capability of this process that passes through private folders."""
    bits = 0
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="ascii", errors="replace").splitlines()
        bits = next((int(line.split()[1], 16) for line in lines if line.startswith("CapPrm:")), 0)
    for capability in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):  # containers often keep the second
        if bits & (1 << capability):
            return capability
    raise LaunchError(
        f"PostgreSQL refuses to run as root, and {ACCOUNT!r} cannot reach this folder. Move the "
        "checkout to a folder that others may pass through, run as an ordinary user, or set "
        "DATABASE_URL and REDIS_URL."
    )


def _keep_only(capability: int) -> None:
    """Reduce this process to one capability and let it survive exec."""
    header = _CapabilityHeader(CAPABILITY_VERSION_3, 0)
    data = (_CapabilityData * 2)()
    mask = 1 << capability
    data[0] = _CapabilityData(mask, mask, mask)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.capset(ctypes.byref(header), data) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    _prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability)


def _prctl(option: int, first: int, second: int = 0) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    arguments = [ctypes.c_ulong(value) for value in (first, second, 0, 0)]
    if libc.prctl(ctypes.c_int(option), *arguments) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def launch_command(
    command: list[str], *, signal_name: str = "SIGTERM", unprivileged: list[Path] | None = None
) -> list[str]:
    """Return the command line that runs `command` through this module.

    `unprivileged` lists the paths the command must reach; None leaves the account alone.
    """
    options = [] if unprivileged is None else ["--unprivileged", *map(str, unprivileged)]
    return [sys.executable, "-m", "deploy.local.launch", *options, signal_name, "--", *command]


def main(arguments: list[str]) -> None:
    """Parse the arguments, prepare this process and replace it by the command."""
    split = arguments.index("--")
    *options, signal_name = arguments[:split]
    command = arguments[split + 1 :]
    try:
        if options[:1] == ["--unprivileged"] and os.geteuid() == 0:
            drop_root([Path(path) for path in options[1:]])
        # After the change of account, because that change clears the wish.
        die_with_parent(signal.Signals[signal_name])
        os.umask(0o077)
        os.execvp(command[0], command)  # noqa: S606 - no shell, that is the point
    except (LaunchError, OSError) as error:
        sys.exit(f"{command[0]}: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
