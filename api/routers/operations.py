"""Whether it lives, whether it is ready, its figures, and the front door."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse

from api.deps import Needs, Probe
from api.metrics import CONTENT_TYPE
from api.views import Health, Readiness

router = APIRouter(tags=["运行 operations"])
INDEX = """<!doctype html><html lang="zh"><meta charset="utf-8"><title>arrears</title>
<h1>arrears 逾期案件管理</h1>
<ul><li><a href="/docs">接口说明 API</a></li><li><a href="/ready">状态 Readiness</a></li>
<li><a href="/metrics">指标 Metrics</a></li></ul></html>"""


@router.get("/", response_class=HTMLResponse, include_in_schema=False)
def index() -> str:
    """Links for people who open the address in a browser."""
    return INDEX


@router.get("/health")
def health() -> Health:
    """The process lives."""
    return Health(status="up")


@router.get("/ready", responses={503: {"model": Readiness, "description": "Database or workflow engine is down."}})
async def ready(deps: Needs, response: Response) -> Readiness:
    """What is up and what is down. Without a gateway work waits and the API still serves: that is `degraded`."""

    async def database() -> None:
        await run_in_threadpool(deps.database.ping)

    probes: dict[str, Probe] = {"database": database, "temporal": deps.cases.ping, **deps.gateways}
    states = await asyncio.gather(*(_state(probe(), deps.limits.probe_seconds) for probe in probes.values()))
    found = dict(zip(probes, states, strict=True))
    vital = all(found[name] == "up" for name in ("database", "temporal"))
    if not vital:
        response.status_code = 503
    status = "ready" if all(state == "up" for state in states) else "degraded" if vital else "down"
    return Readiness(status=status, parts=found)


async def _state(asked: Awaitable[None], seconds: float) -> str:
    try:
        await asyncio.wait_for(asked, seconds)
    except Exception as error:  # a probe may fail in any way; what it was is for the log of whoever runs it
        return f"down: {type(error).__name__}"
    return "up"


@router.get("/metrics", response_class=Response, responses={200: {"content": {CONTENT_TYPE.split(";")[0]: {}}}})
def metrics(request: Request) -> Response:
    """Figures in the Prometheus format; ids and names are not among them."""
    return Response(request.app.state.metrics.text(), media_type=CONTENT_TYPE)
