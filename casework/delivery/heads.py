"""The head of the chain goes where whoever holds the database cannot reach it.

To a file that is only added to, by mail to the auditor, to a system: whichever of AUDIT_HEADS_FILE,
AUDIT_MAIL and AUDIT_URL is set. `wenqi audit verify` compares the trail with the file.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final

from casework.delivery import house_letters
from casework.operations import business_time, seals
from casework.operations.seals import Head
from config.settings import Settings
from store.db import Database
from store.encoding import to_json
from vocabulary.days import moment

_MODE: Final = 0o600
SUBJECT: Final = "审计记录的封存凭证"
_TEXT: Final = """\
截至{at}，审计记录的最后一个封存凭证为：

{head}

请保存本邮件。日后可用以下命令核对此前的记录有无改动、缺失或添加：

wenqi audit verify --head {head}
"""


def run(db: Database, settings: Settings) -> Head | None:
    """Hand the head out by every way that is set. Returns it; None where nothing is sealed yet."""
    with db.statement() as conn:
        head = seals.head(conn)
    if head is None:
        return None
    now = business_time.now(db)
    at = now.isoformat(timespec="seconds")
    content = {"at": at, "serial": head.serial, "digest": head.digest}
    if settings.auditing.heads_file is not None:
        append(settings.auditing.heads_file, to_json(content))
    if settings.auditing.mail is not None:
        text = _TEXT.format(at=moment(now), head=head)
        house_letters.mail(db, settings, to=settings.auditing.mail, subject=SUBJECT, text=text)
    if settings.auditing.url is not None:
        house_letters.post(settings, url=settings.auditing.url, content=content)
    return head


def append(path: Path, line: str) -> None:
    """Add a line in one write, so that two who add at once do not mix theirs."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, _MODE), "ab", 0) as file:
        file.write(f"{line}\n".encode())
        os.fsync(file.fileno())


def read(path: Path) -> list[Head]:
    """The heads of a file; a line that was cut off by a crash is passed over."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            content = json.loads(line)
            found.append(Head(int(content["serial"]), str(content["digest"])))
        except (ValueError, KeyError, TypeError):
            continue
    return found
