"""Officers who certify claims under (六) while everything breaks: over HTTP, with If-Match, again
and again until the answer is known, everything in the clients' own record.

They grant as much of each claim as the cap leaves room for, as the bureau's own refusal tells them.
"""

from __future__ import annotations

import http.client
import json
import queue
import re
import threading
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from casework.people import tokens
from faults.client import PAUSES, REPEAT, TIMEOUT_SECONDS, Record, wind_up
from faults.world import World

BUREAU = "development_reform"
CONDITION = "6.4"
NOTE = "故障演练：经核属实"
OFFICERS = 4
"""They meet at the same institution's account, as the desks of a bureau do."""

_HEADROOM = re.compile(r"可用的([\d,]+\.\d\d)元")
Answer = tuple[int, dict[str, Any]]


@dataclass
class _Claim:
    """A claim being certified. `at`: the version the last act was built on, while nobody knows
    what became of it; `amount`: yuan to grant."""

    key: str
    receipt: str
    by_finding: bool
    amount: Decimal
    at: str = ""


class Officers:
    """Take claims off the record's queue and certify them by a determination (above the approval
    limit, with a second person), some after a finding of their own."""

    def __init__(self, world: World, record: Record) -> None:
        self._port = world.port
        self._record = record
        self._tokens = {
            role: tokens.create(
                world.db, world.settings, bureau=BUREAU, role=role, label=f"故障演练 {role}"
            )
            for role in ("officer", "supervisor")
        }
        self._give_up = threading.Event()
        self._last = threading.Event()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(OFFICERS)]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self, seconds: float) -> None:
        """Wait until every claim on the record is certified, at most so long."""
        self._last.set()
        wind_up(self._threads, seconds, self._give_up)

    def _work(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT_SECONDS)
        while not self._give_up.is_set():
            try:
                key = self._record.claims.get(timeout=0.2)
            except queue.Empty:
                if self._last.is_set():
                    break
                continue
            job = self._record.begun[key]
            amount = job.subsidy or Decimal(0)
            receipt = self._record.receipts[key]
            claim = _Claim(key, receipt, job.certify == "finding", amount)
            self._record.certify(key)
            while not self._give_up.is_set() and (pause := self._step(connection, claim)) >= 0:
                self._give_up.wait(pause)
        connection.close()

    def _step(self, connection: http.client.HTTPConnection, claim: _Claim) -> float:
        """Look at the case and do what comes next. Returns seconds until the next look; less than
        none once it is certified."""
        status, case = self._ask(connection, "GET", f"/cases/{claim.receipt}")
        if status != http.HTTPStatus.OK:
            # 404: nobody has assessed it yet, so it is on no desk.
            self._mind(claim, status, case, but=(404,))
            return PAUSES[0]
        version, state = str(case["version"]), case["state"]
        if state == "determined":
            self._record.certified(claim.key, Decimal(case["amount"]))
            return -1
        finds = claim.by_finding and case["outcome"] != "eligible"
        if finds and claim.at and version != claim.at:
            return PAUSES[0]  # the finding is on record; its assessment is on the way
        claim.at = version
        if state == "awaiting_approval":
            said = self._approve(connection, claim)
        elif finds:
            finding = {"condition": CONDITION, "result": True, "note": NOTE}
            said = self._act(connection, claim, "findings", {"findings": [finding]})
        else:
            body = {"granted": True, "amount": str(claim.amount), "reason": NOTE}
            said = self._act(connection, claim, "determination", body)
            self._learn_headroom(claim, said)
        return PAUSES[0] if said[0] in (0, *REPEAT) else 0

    def _approve(self, connection: http.client.HTTPConnection, claim: _Claim) -> Answer:
        """As the second person; what the cap has no room for any more goes back."""
        path, role = "determination/approval", "supervisor"
        said = self._act(connection, claim, path, {"approved": True, "reason": NOTE}, role)
        if self._learn_headroom(claim, said):
            return self._act(connection, claim, path, {"approved": False, "reason": NOTE}, role)
        return said

    @staticmethod
    def _learn_headroom(claim: _Claim, said: Answer) -> bool:
        headroom = _HEADROOM.search(str(said[1].get("detail", "")))
        if said[0] == http.HTTPStatus.UNPROCESSABLE_ENTITY and headroom:
            claim.amount = Decimal(headroom[1].replace(",", ""))
            return True
        return False

    def _act(
        self,
        connection: http.client.HTTPConnection,
        claim: _Claim,
        act: str,
        body: dict[str, Any],
        role: str = "officer",
    ) -> Answer:
        path = f"/cases/{claim.receipt}/{act}"
        said = self._ask(connection, "POST", path, body, claim.at, role)
        # 412: it was done already, or something was done meanwhile. 422: the cap has less room.
        self._mind(claim, said[0], said[1], but=(200, 202, 412, 422))
        if said[0] == http.HTTPStatus.UNPROCESSABLE_ENTITY and not _HEADROOM.search(str(said[1])):
            self._record.complain(f"{claim.key}: {act} {said}")
        return said

    def _mind(self, claim: _Claim, status: int, said: Any, *, but: tuple[int, ...]) -> None:
        """An answer that is neither good nor a reason to repeat is a finding."""
        if status and status not in (*REPEAT, *but):
            self._record.complain(f"{claim.key}: {status} {said}")

    def _ask(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        version: str = "",
        role: str = "officer",
    ) -> Answer:
        """One request. Returns status and body; status 0 if there was no answer."""
        headers = {"Authorization": f"Bearer {self._tokens[role]}"}
        if body is not None:
            headers |= {"Content-Type": "application/json", "If-Match": f'"{version}"'}
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        with suppress(OSError, http.client.HTTPException):
            connection.request(method, f"/api/v1{path}", data, headers)
            answer = connection.getresponse()
            said = answer.read()
            return answer.status, json.loads(said)
        connection.close()
        return 0, {}
