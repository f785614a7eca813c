"""Importing a file: every row accepted, or written down with the reason why not."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from casework.errors import CaseworkError, IdempotencyInFlight
from casework.importing import places, receipts
from casework.importing.items import Item, Items, items_of
from casework.importing.reading import Remarks
from casework.importing.receipts import Receipt, Receipts
from casework.importing.recognise import row_key
from casework.intake import identity
from casework.intake.accept import Accepted
from casework.intake.batch import Entry, EntryOutcome, file_entries
from casework.intake.replays import AccessCodeGone
from casework.tables.values import TableError
from config.settings import Settings
from store.db import Database
from vocabulary.identity import IdentityLevel, IdentityMeans

_IN_FLIGHT_TRIES: Final = 60
_IN_FLIGHT_SECONDS: Final = 0.5


class Stopped(Exception):
    """An import ended before its file did; the message says why, in Chinese, without a full stop.

    `again`: whether the same file can be imported again as it is.
    """

    def __init__(self, message: str, *, again: bool) -> None:
        super().__init__(message)
        self.again = again


@dataclass(slots=True)
class Imported:
    """How an import ended: counts of rows, the last row that became something, the files that
    were written, what else is to be said; and why it ended early, if it did."""

    accepted: int = 0
    repeated: int = 0
    refused: int = 0
    reached: str = ""
    files: list[Path] = field(default_factory=list)
    rescued: Path | None = None
    remarks: Remarks = field(default_factory=Remarks)
    stopped: Stopped | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked of an import: how far the operator vouches for who files; the provision of rows
    that do not say it; whether to file again what was accepted before; whose word it is; the person
    of a bureau who is handed the codes."""

    vouched: IdentityLevel = IdentityLevel.ASSURED
    provision: str | None = None
    again: bool = False
    means: IdentityMeans = IdentityMeans.OPERATOR
    by: str | None = None


def import_file(
    db: Database,
    settings: Settings,
    path: Path,
    *,
    order: Order = Order(),
    advance: Callable[[int], None] = lambda _: None,
    stopping: Callable[[], bool] = lambda: False,
) -> Imported:
    """Import a file and write receipts and rejects beside it.

    `advance` is told of every byte's worth; `stopping` is asked before each row, and ends the
    import after the group that is being filed. What was filed is in the receipts in every case; a
    group is filed only when the receipts of the one before are on disk. Raises TableError if
    nothing of the file can be read, or another import holds it, or nothing can be written.
    """
    items = items_of(path, settings, order.provision, advance)
    try:
        with places.locked(path):
            rescued = receipts.rescued(path)
            imported = _Import(db, settings, path, order, items, stopping).run()
            imported.rescued = rescued
            return imported
    except OSError as error:
        raise TableError(f"不能在“{path.parent}”里写文件（{error.strerror}）") from error


class _Import:
    def __init__(
        self,
        db: Database,
        settings: Settings,
        path: Path,
        order: Order,
        items: Items,
        stopping: Callable[[], bool],
    ) -> None:
        self._db, self._settings, self._order = db, settings, order
        self._items, self._stopping = items, stopping
        self._held: dict[int, Item] = {}
        self._imported = Imported(remarks=items.remarks)
        self._ended: Exception | None = None
        self._receipts, self._rejects = Receipts(path), items.rejects()

    def run(self) -> Imported:
        done = self._imported
        try:
            for group in self._file(self._entries()):
                if not self._take(self._landed(group)):
                    break
                self._receipts.reserve()
        except OSError as error:
            done.stopped = Stopped(f"写不下回执或退回的行（{error.strerror}）", again=True)
        finally:
            self._close()
        if done.stopped is None and self._ended is not None:
            if not isinstance(self._ended, TableError | Stopped):
                raise self._ended
            if not (done.accepted or done.refused) and isinstance(self._ended, TableError):
                raise self._ended
            ended = self._ended
            done.stopped = ended if isinstance(ended, Stopped) else Stopped(str(ended), again=False)
        return done

    def _file(self, entries: Iterable[Entry]) -> Iterator[list[EntryOutcome]]:
        return file_entries(
            self._db,
            self._settings,
            entries,
            identify=lambda sent: identity.vouched_by(
                self._order.means, self._order.vouched, sent.stated, self._order.by
            ),
            source="import",
        )

    def _entries(self) -> Iterator[Entry]:
        """The rows; where they break off, what was read before is filed all the same."""
        try:
            for place, item in enumerate(self._items.read()):
                if self._stopping():
                    self._ended = Stopped("导入被中止", again=True)
                    return
                self._held[place] = item
                key = None
                if item.submission is not None and not self._order.again:
                    key = item.key or row_key(self._settings, item.submission)
                refusal = None if item.submission is not None else item.reasons
                yield Entry(place, item.submission, key, item.size, refusal)
        except Exception as error:  # noqa: BLE001 -- raised again when what was read is filed
            self._ended = error

    def _landed(self, group: list[EntryOutcome]) -> list[EntryOutcome]:
        """The outcomes; rows that another import is filing now are asked for until it has."""
        for _ in range(_IN_FLIGHT_TRIES):
            waiting = [one.entry for one in group if isinstance(one.error, IdempotencyInFlight)]
            if not waiting:
                break
            time.sleep(_IN_FLIGHT_SECONDS)
            found = {one.entry.place: one for part in self._file(waiting) for one in part}
            group = [found.get(one.entry.place, one) for one in group]
        return group

    def _take(self, group: list[EntryOutcome]) -> bool:
        """Write down what became of a group, the receipts first; whether to go on."""
        done, written = self._imported, list[Receipt]()
        refused: list[tuple[Item, tuple[str, ...]]] = []
        unfiled: tuple[Item, Exception] | None = None
        for outcome in group:
            item = self._held.pop(outcome.entry.place)
            if (told := outcome.accepted) is not None:
                done.accepted += 1
                done.repeated += told.replayed
                written.append(_receipt(item, told))
            elif isinstance(outcome.error, AccessCodeGone):
                done.accepted += 1
                done.repeated += 1
                written.append(_known_receipt(item, outcome.error.receipt))
            elif outcome.may_be_repeated or isinstance(outcome.error, IdempotencyInFlight):
                unfiled = unfiled or (item, outcome.error or TimeoutError())
                continue
            else:
                refused.append((item, _reasons(outcome)))
            if unfiled is None:
                done.reached = item.where
        self._receipts.write(written)
        for item, reasons in refused:
            self._rejects.write(item, reasons)
            done.refused += 1
        if unfiled is not None:
            item, error = unfiled
            busy = isinstance(error, IdempotencyInFlight)
            why = "另一个导入正在处理同样的申报" if busy else "数据库连不上"
            done.stopped = Stopped(f"{why}，从第 {item.where} 行起没有受理", again=True)
        return unfiled is None

    def _close(self) -> None:
        """Give the files their names: the receipts in any case."""
        from xlsxwriter.exceptions import XlsxWriterException

        done = self._imported
        if (made := self._receipts.close()) is not None:
            done.files.append(made)
        try:
            done.files += self._rejects.close()
        except (OSError, XlsxWriterException) as error:
            done.stopped = done.stopped or Stopped(f"写不下退回的行（{error}）", again=True)


def _receipt(item: Item, told: Accepted) -> Receipt:
    name, uscc = item.applicant()
    remark = receipts.EARLIER if told.replayed else ""
    moment = told.received_at.isoformat(timespec="seconds")
    return Receipt(item.where, name, uscc, told.receipt, told.access_code, moment, remark)


def _known_receipt(item: Item, receipt: str) -> Receipt:
    """Of what was accepted so long ago that its code is shown no more."""
    name, uscc = item.applicant()
    return Receipt(item.where, name, uscc, receipt, "", "", receipts.EARLIER)


def _reasons(outcome: EntryOutcome) -> tuple[str, ...]:
    if outcome.error is None:
        return tuple(outcome.entry.refusal)
    return (outcome.error.detail if isinstance(outcome.error, CaseworkError) else "存入时出错。",)
