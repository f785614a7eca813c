"""Submitting very many applications in one request, streamed both ways."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

import orjson
from flask import Response, request

from api import middleware
from api.auth import client as for_clients
from api.blueprints import Resource
from api.body import drain, require_type
from api.errors import faults_of, status_of
from api.json_responses import receipt_body
from api.openapi import batch_body, described
from api.services import Services, services
from casework.errors import CaseworkError, IdempotencyInFlight, Overloaded
from casework.intake import identity
from casework.intake.batch import EntryOutcome, file_entries
from casework.intake.ndjson import KEY_NAME, entries
from casework.intake.replays import AccessCodeGone
from casework.people.access import Principal
from config.capacity import BATCHES
from config.telemetry.errors import report
from config.telemetry.logs import log
from schemas.batches import MEDIA_TYPE
from schemas.kit.problem import MOST_ERRORS

blueprint = Resource("batch", __name__, url_prefix="/api/v1", description="申报")
_slots = threading.BoundedSemaphore(BATCHES)


@blueprint.route("/applications/batch", methods=["POST"])
@blueprint.response(
    200, "BatchLine", content_type=MEDIA_TYPE, description="每行一个结果，最后一行汇总"
)
@described(
    "批量提交申报",
    "每行一份申报（NDJSON），边收边答，行数不限；每行可带 "
    f"{KEY_NAME}，中断后整批重发不会重复受理。一行有误只退回该行，其余照常受理。"
    "结果按行的顺序成组返回（每组最多 256 行），都在存入数据库之后；请边发边读，"
    f"不要等到发完才读。没有最后的汇总行，说明答复不完整，请重发。每行最多与单份提交一样大；"
    f"每行最多列出 {MOST_ERRORS} 处错误。须持申报渠道的令牌；每行在 identity 中说明身份核实程度。",
    refusals=(401, 403, 415, 429, 503),
    security="intake_token",
    requestBody=batch_body(),
)
@for_clients
def submit(client: Principal) -> Response:
    made = services()
    made.limiter.client(client.system)
    require_type(request, MEDIA_TYPE, "NDJSON")
    if not _slots.acquire(blocking=False):
        drain(request)
        raise Overloaded
    results = _results(made, client, request.stream.read, middleware.request_id())
    middleware.stream()
    response = Response(results, content_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})
    # Not in the generator, which is never entered when the client has gone already.
    response.call_on_close(_slots.release)
    return response


def _results(made: Services, client: Principal, read: Any, request_id: str) -> Iterator[bytes]:
    """The answer's lines, a group at a time."""
    counts: Counter[str] = Counter()
    groups = file_entries(
        made.db,
        made.settings,
        entries(read, made.settings.max_body_bytes, made.forms_of),
        identify=lambda sent: identity.of_client(
            client.system, client.vouches, sent.stated, is_trial=client.is_trial
        ),
        source="batch",
        request_id=request_id,
    )
    try:
        for group in groups:
            lines = [_line(made, outcome) for outcome in group]
            counts.update(_kind(line) for line in lines)
            made.limiter.drawn(client.system, len(lines))
            yield b"".join([_encode(line) for line in lines])
        yield _encode({"end": True, **{kind: counts[kind] for kind in _KINDS}})
    finally:
        log.info("batch", **counts)


_AWAY: Final = "系统暂时不能受理，请稍后重发本行。"
_FAILED: Final = "系统内部错误，本行没有受理，请稍后重发。"
_KINDS: Final = ("accepted", "refused", "repeat")


def _encode(line: dict[str, Any]) -> bytes:
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def _kind(line: dict[str, Any]) -> str:
    if line["status"] == 503 or line.get("code") == IdempotencyInFlight.code:  # noqa: PLR2004
        return "repeat"
    # Accepted before, by an earlier request whose access code is kept no longer.
    return "accepted" if "receipt" in line else "refused"


def _line(made: Services, outcome: EntryOutcome) -> dict[str, Any]:
    place: dict[str, Any] = {"line": outcome.entry.place}
    error = outcome.error
    if outcome.accepted is not None:
        replayed = {"replayed": True} if outcome.accepted.replayed else {}
        return place | {"status": 202} | receipt_body(made.settings, outcome.accepted) | replayed
    if error is None:
        return place | outcome.entry.refusal
    if outcome.may_be_repeated:
        return place | {"status": 503, "code": "database_unavailable", "detail": _AWAY}
    if isinstance(error, CaseworkError):
        known = {"receipt": error.receipt} if isinstance(error, AccessCodeGone) else {}
        errors = {"errors": faults} if (faults := [asdict(one) for one in faults_of(error)]) else {}
        said = {"status": status_of(error), "code": error.code, "detail": error.detail}
        return place | said | known | errors
    report(error, "batch line failed")
    return place | {"status": 500, "code": "internal_error", "detail": _FAILED}
