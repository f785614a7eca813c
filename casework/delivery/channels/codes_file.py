"""Where nothing is sent, codes go to a file of the demonstration (CODES_FILE)."""

from __future__ import annotations

import os
from pathlib import Path

from casework.delivery.channels.base import Parcel
from casework.errors import PermanentError, RetryableError
from vocabulary.event_sets import CARRY_A_CODE


class CodesFile:
    """Appends the code's message, a line each, to a file that only its owner reads."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def render(self, parcel: Parcel) -> str:
        """The message in one line. Raises PermanentError for anything but a code."""
        if parcel.letter is None or parcel.event.type not in CARRY_A_CODE:
            raise PermanentError("codes file: takes nothing but codes")
        return " ".join(parcel.letter.brief.split())

    def send(self, parcel: Parcel) -> None:
        """Write the line."""
        line = self.render(parcel) + "\n"
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        try:
            with os.fdopen(os.open(self._path, flags, 0o600), "a", encoding="utf-8") as file:
                file.write(line)
        except OSError as error:
            raise RetryableError("codes file: cannot be written") from error

    def close(self) -> None:
        """Nothing stays open between messages."""
