"""The volume PostgreSQL's data lie on, which can be full.

Where this process may mount (Linux, root), it is a small tmpfs of its own, filled to the last block
with a ballast file: PostgreSQL gets the operating system's own ENOSPC. Elsewhere a full disk is
simulated: no server process may write beyond the first bytes of any file (RLIMIT_FSIZE), which
PostgreSQL meets as EFBIG at the same calls.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

MEGABYTES = 3072
TIGHT_BYTES = 4096
NO_LIMIT = resource.RLIM_INFINITY


class Disk:
    """`fill` and `free` it any number of times, `remove` it at the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o755)
        options = f"size={MEGABYTES}m,mode=755"
        mount = ["mount", "-t", "tmpfs", "-o", options, "wenqi-faults", str(folder)]
        self.is_real = (
            shutil.which("mount") is not None
            and subprocess.run(mount, capture_output=True, check=False).returncode == 0
        )
        self._ballast = folder / "ballast"

    @property
    def kind(self) -> str:
        """How fullness comes about, for the report."""
        return f"{MEGABYTES} MB tmpfs filled" if self.is_real else "simulated by RLIMIT_FSIZE"

    def fill(self, servers: Sequence[int]) -> None:
        """Make the volume full. `servers`: the process ids of the database server."""
        if not self.is_real:
            self._limit(servers, TIGHT_BYTES)
            return
        left = shutil.disk_usage(self.folder).free
        with self._ballast.open("wb") as file:
            while left > 0:
                try:
                    os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), left)
                except OSError:
                    left //= 2
                else:
                    left = shutil.disk_usage(self.folder).free

    def free(self, servers: Sequence[int]) -> None:
        """Make room again."""
        if self.is_real:
            self._ballast.unlink(missing_ok=True)
        else:
            self._limit(servers, NO_LIMIT)

    def remove(self) -> None:
        """Give the volume back."""
        if self.is_real:
            subprocess.run(["umount", "-l", str(self.folder)], check=False)

    @staticmethod
    def _limit(servers: Sequence[int], soft: int) -> None:
        for pid in servers:
            try:
                _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))
            except ProcessLookupError:
                continue
