"""Clients that behave: they write down what they are about to do, repeat with the same key until
they have an answer, and write the answer down. Their record is what the judgement goes by."""

from __future__ import annotations

import http.client
import json
import queue
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

from faults.bodies import Job
from tests.support.filing import STATED

TIMEOUT_SECONDS = 4.0
PAUSES = (0.1, 0.5)
RETRY_AFTER_MAX = 1.0
AGAIN_EVERY = 23
"""Every so many accepted applications one is posted once more, as an impatient client does."""

BATCH_LINES = 40
ACCEPTED = 202
REPEAT = (409, 429, 503)


class Record:
    """The clients' own record on disk: one JSON object a line, flushed before the next step.

    `claims`: keys of accepted claims that officers are to certify; `granted`: those they have begun
    with, and what was granted as far as they know.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8")
        self._lock = threading.Lock()
        self.begun: dict[str, Job] = {}
        self.receipts: dict[str, str] = {}
        self.claims: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.granted: dict[str, Decimal | None] = {}
        self.wrong: list[str] = []
        self.replays = 0
        self.repeats = 0

    def begin(self, job: Job) -> None:
        """A job is about to be posted for the first time."""
        self._write({"key": job.key, "kind": job.kind, "institution": job.institution})
        with self._lock:
            self.begun[job.key] = job

    def accepted(self, key: str, receipt: str) -> None:
        """A 202 for a key. A second one must name the same receipt."""
        self._write({"key": key, "receipt": receipt})
        with self._lock:
            is_new = key not in self.receipts
            earlier = self.receipts.setdefault(key, receipt)
            if earlier != receipt:
                self.wrong.append(f"{key}: {earlier}, then {receipt}")
        if is_new and self.begun[key].certify:
            self.claims.put(key)

    def certify(self, key: str) -> None:
        """An officer is about to certify a claim."""
        self._write({"key": key, "certify": self.begun[key].certify})
        with self._lock:
            self.granted[key] = None

    def certified(self, key: str, amount: Decimal) -> None:
        """A claim is certified, and this much of it granted (yuan)."""
        self._write({"key": key, "granted": str(amount)})
        with self._lock:
            self.granted[key] = amount

    def complain(self, what: str) -> None:
        """An answer a well-formed application must never get."""
        self._write({"wrong": what})
        with self._lock:
            self.wrong.append(what)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _write(self, line: dict[str, Any]) -> None:
        with self._lock:
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
            self._file.flush()


def wind_up(threads: Sequence[threading.Thread], seconds: float, give_up: threading.Event) -> None:
    """Wait for threads to end of themselves, at most so long; then tell them to give up."""
    deadline = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    give_up.set()
    for thread in threads:
        thread.join(2 * TIMEOUT_SECONDS)


class Clients:
    """So many clients posting `jobs` to the API on `port` at `per_second` altogether, and one more
    that posts batches.

    `stop` lets no new job begin; every begun one is repeated until it is answered or `give_up`.
    """

    def __init__(
        self,
        port: int,
        jobs: Iterator[Job],
        record: Record,
        *,
        count: int,
        per_second: float,
        known: Mapping[str, str],
    ) -> None:
        self._port = port
        self._known = known
        self._jobs = jobs
        self.record = record
        self._waiting: queue.Queue[Job | None] = queue.Queue(maxsize=count)
        self._pace = 1 / per_second
        self._stop = threading.Event()
        self._give_up = threading.Event()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(count)]
        self._threads.append(threading.Thread(target=self._work_by_batch, daemon=True))
        self._feeder = threading.Thread(target=self._feed, daemon=True)

    def start(self) -> None:
        """Begin."""
        for thread in (*self._threads, self._feeder):
            thread.start()

    def stop(self, seconds: float) -> None:
        """Begin nothing new and wait until all that was begun is answered."""
        self._stop.set()
        self._feeder.join()
        wind_up(self._threads, seconds, self._give_up)

    def _feed(self) -> None:
        due = time.monotonic()
        while not self._stop.is_set():
            with suppress(queue.Full):
                job = next(self._jobs)
                while not self._stop.is_set():
                    with suppress(queue.Full):
                        self._waiting.put(job, timeout=0.2)
                        break
            due = max(due + self._pace, time.monotonic() - 1)
            self._stop.wait(max(0.0, due - time.monotonic()))
        for _ in self._threads:
            self._waiting.put(None)

    def _work(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT_SECONDS)
        done = 0
        while (job := self._waiting.get()) is not None:
            self.record.begin(job)
            self._until_answered(connection, job)
            done += 1
            if done % AGAIN_EVERY == 0:
                self.record.replays += 1
                self._until_answered(connection, job)
        connection.close()

    def _until_answered(self, connection: http.client.HTTPConnection, job: Job) -> None:
        body = json.dumps(job.body | STATED, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": job.key, **self._known}
        while not self._give_up.is_set():
            pause = self._try(connection, job.key, body, headers)
            if pause is None:
                return
            self.record.repeats += 1
            self._give_up.wait(pause)

    def _try(
        self, connection: http.client.HTTPConnection, key: str, body: bytes, headers: dict[str, str]
    ) -> float | None:
        """Post once: how long to wait before the next try, None when there is none to come."""
        try:
            connection.request("POST", "/api/v1/applications", body, headers)
            answer = connection.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            return PAUSES[0]
        if answer.status == ACCEPTED:
            self.record.accepted(key, json.loads(said)["receipt"])
            return None
        if answer.status in REPEAT:
            asked = float(answer.headers.get("Retry-After") or PAUSES[1])
            return min(asked, RETRY_AFTER_MAX)
        if answer.status >= 500:  # noqa: PLR2004 -- a proxy's or the server's own
            self.record.complain(f"{key}: {answer.status} {said[:300]!r}")
            return PAUSES[1]
        self.record.complain(f"{key}: {answer.status} {said[:300]!r}")
        return None

    def _work_by_batch(self) -> None:
        """Gather lines, post them, post those without an answer again."""
        last = False
        while not last:
            jobs: dict[str, Job] = {}
            while len(jobs) < BATCH_LINES:
                job = self._waiting.get()
                if job is None:
                    last = True
                    break
                self.record.begin(job)
                jobs[job.key] = job
            while jobs and not self._give_up.is_set():
                self._try_batch(jobs)
                if jobs:
                    self.record.repeats += len(jobs)
                    self._give_up.wait(PAUSES[1])

    def _try_batch(self, jobs: dict[str, Job]) -> None:
        """Post all jobs as one batch, and take out those that are answered."""
        lines = [{**job.body, **STATED, "idempotency_key": key} for key, job in jobs.items()]
        keys = list(jobs)
        body = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT_SECONDS)
        with suppress(OSError, http.client.HTTPException):
            headers = {"Content-Type": "application/x-ndjson", **self._known}
            connection.request("POST", "/api/v1/applications/batch", body, headers)
            answer = connection.getresponse()
            if answer.status != http.HTTPStatus.OK:
                if answer.status not in REPEAT:
                    self.record.complain(f"batch: {answer.status} {answer.read()[:300]!r}")
                return
            for raw in answer:
                said = json.loads(raw)
                if "line" not in said:
                    continue
                key = keys[said["line"] - 1]
                if said["status"] == ACCEPTED:
                    self.record.accepted(key, said["receipt"])
                    del jobs[key]
                elif said["status"] not in REPEAT:
                    self.record.complain(f"{key}: {said}")
        connection.close()
