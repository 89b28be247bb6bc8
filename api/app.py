"""The FastAPI application, put together from its dependencies."""

from __future__ import annotations

from fastapi import Depends, FastAPI
from fastapi_offline import FastAPIOffline

from api import problems
from api.access_log import AccessLog
from api.acts import BodyHash
from api.attempts import note_attempt
from api.body_limit import BodyLimit
from api.deps import Deps
from api.figures import figures
from api.metrics import Metrics
from api.plain_text import no_nul
from api.routers import (
    accounts,
    agencies,
    agency,
    archive,
    audit,
    auth,
    authority,
    blacklist,
    calls,
    case_evidence,
    cases,
    collateral,
    complaints,
    customer_file,
    customers,
    documents,
    duties,
    errands,
    events,
    imports,
    intake,
    key_figures,
    letters,
    meetings,
    operations,
    owners,
    parties,
    portfolio,
    ratings,
    receipts,
    recordings,
    risk,
    signatures,
    suits,
    surveys,
    suspense,
    tasks,
    texts,
    vendors,
    violations,
    visits,
    write_offs,
)

DESCRIPTION = """融资租赁逾期案件管理接口。Durable case management for overdue leases.

Get a token with `POST /auth/token`, send it as `Authorization: Bearer …`. Every error is a problem (RFC 9457) with a
stable `code`. What is sent twice with the same `Idempotency-Key` happens once."""


def create_app(deps: Deps) -> FastAPI:
    """The application; nothing in it is global, so a test may have several."""
    app = FastAPIOffline(
        title="arrears 逾期案件管理", version="1", description=DESCRIPTION, responses=problems.ALWAYS,
        dependencies=[Depends(no_nul)],
    )  # fmt: skip
    metrics = Metrics(lambda: figures(deps))
    app.state.deps = deps
    app.state.metrics = metrics
    problems.install(app, note_attempt)
    for module in (
        auth, authority, tasks, cases, case_evidence, owners, accounts, parties, imports, documents, portfolio,
        ratings, risk, customers, key_figures, errands, duties, intake, events, signatures, receipts, calls, recordings,
        violations, visits, texts, vendors, operations, complaints, suits, surveys, customer_file, audit,
        letters, agencies, agency, meetings, collateral, suspense, write_offs, blacklist, archive,
    ):  # fmt: skip
        app.include_router(module.router)
    app.add_middleware(BodyHash)
    app.add_middleware(BodyLimit, limits=deps.limits)
    app.add_middleware(AccessLog, metrics=metrics)
    return app
