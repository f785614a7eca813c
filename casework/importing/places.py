"""Where an import writes: files of its own beside the table, never over another's.

While it runs it writes to a `.part` named after the table; what is whole is given its name in one
step, the first that is free. A `.part` that a run left behind when it was killed is given its name
by the next one.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from casework.tables.values import TableError

OWNER_ONLY: Final = 0o600
RECEIPTS: Final = "receipts"
REJECTS: Final = "rejects"
_ITS_OWN: Final = re.compile(rf"\.{REJECTS}(?:\.\d+)?$")
_NO_LINKS: Final = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a table for one import at a time. Raises TableError while another holds it."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise TableError("另一个导入正在处理这个文件，请等它结束") from error
        except OSError:
            # A file system without locks: two runs still write different files, and what one of
            # them has filed the other recognises.
            pass
        yield


def part(path: Path, kind: str, suffix: str) -> Path:
    """Where a kind of output is written while the table is imported."""
    return path.with_name(f".{path.name}.{kind}{suffix}.part")


def created(part: Path) -> Path:
    """A `.part`, made anew, which only its owner can read."""
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY))
    return part


def given_name(part: Path, path: Path, kind: str, suffix: str) -> Path:
    """Give a `.part` the first free name beside the table: list.receipts.csv, list.receipts.2.csv.

    What is made of a rejects file is named after the table that it came from.
    """
    stem = _ITS_OWN.sub("", path.stem)
    number = 1
    while True:
        name = f"{stem}.{kind}{'' if number == 1 else f'.{number}'}{suffix}"
        final = path.with_name(name)
        number += 1
        if final.exists():
            continue
        try:
            os.link(part, final)
        except FileExistsError:
            continue
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            try:
                os.close(os.open(final, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY))
            except FileExistsError:
                continue
            part.replace(final)
        part.unlink(missing_ok=True)
        _remember(path.parent)
        return final


def _remember(folder: Path) -> None:
    """Have the folder's entries on disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
