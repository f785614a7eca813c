"""FastAPI and procrastinate: the jobs are rows of the same PostgreSQL.

`uvicorn bench.alternatives.fastapi_procrastinate:app`,
`procrastinate --app=bench.alternatives.fastapi_procrastinate.jobs worker`
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from procrastinate import App, PsycopgConnector

from bench.alternatives.rows import accept, handle, make_pool
from schemas.kit.format_errors import FormatErrors
from tests.support.packaged import load_application

pool = make_pool()
jobs = App(connector=PsycopgConnector(conninfo=os.environ["DATABASE_URL"]))


@jobs.task
async def process(application_id: int) -> None:
    """The whole of one application's work."""
    await pool.open()  # does nothing if it is
    async with pool.connection() as conn:
        await handle(conn, application_id)


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Connections of one API process."""
    await pool.open()
    async with jobs.open_async(pool):
        yield
    await pool.close()


app = FastAPI(lifespan=lifespan)


@app.get("/healthz")
async def healthz() -> dict[str, str]:
    """Say that we serve."""
    return {"status": "ok"}


@app.post("/api/v1/applications")
async def submit(request: Request) -> JSONResponse:
    """Accept one application: row, event and job in one transaction, then answer."""
    try:
        submission = load_application(await request.json())
    except FormatErrors as refused:
        return JSONResponse({"errors": [error.pointer for error in refused.errors]}, 422)
    async with pool.connection() as conn:
        accepted = await accept(conn, submission)
        await process.configure(connection=conn).defer_async(application_id=accepted.id)
    return JSONResponse(accepted.document(), 202)
