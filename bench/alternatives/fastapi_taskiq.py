"""FastAPI and taskiq over Redis streams.

`uvicorn bench.alternatives.fastapi_taskiq:app`,
`taskiq worker bench.alternatives.fastapi_taskiq:broker`
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from taskiq import TaskiqEvents, TaskiqState
from taskiq_redis import RedisStreamBroker

from bench.alternatives.rows import accept, handle, make_pool, settings
from schemas.kit.format_errors import FormatErrors
from tests.support.packaged import load_application

broker = RedisStreamBroker(settings.redis_url)
pool = make_pool()


@broker.on_event(TaskiqEvents.WORKER_STARTUP)
async def open_pool(_: TaskiqState) -> None:
    """The worker's own pool; the API opens its in `lifespan`."""
    await pool.open()


@broker.on_event(TaskiqEvents.WORKER_SHUTDOWN)
async def close_pool(_: TaskiqState) -> None:
    """Give the worker's connections back."""
    await pool.close()


@broker.task
async def process(application_id: int) -> None:
    """The whole of one application's work."""
    async with pool.connection() as conn:
        await handle(conn, application_id)


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Connections of one API process."""
    await pool.open()
    await broker.startup()
    yield
    await broker.shutdown()
    await pool.close()


app = FastAPI(lifespan=lifespan)


@app.get("/healthz")
async def healthz() -> dict[str, str]:
    """Say that we serve."""
    return {"status": "ok"}


@app.post("/api/v1/applications")
async def submit(request: Request) -> JSONResponse:
    """Accept one application: commit, publish, answer."""
    try:
        submission = load_application(await request.json())
    except FormatErrors as refused:
        return JSONResponse({"errors": [error.pointer for error in refused.errors]}, 422)
    async with pool.connection() as conn:
        accepted = await accept(conn, submission)
    await process.kiq(accepted.id)
    return JSONResponse(accepted.document(), 202)
