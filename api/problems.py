"""Errors as problem JSON (RFC 9457) with a stable code, what to do, and all faults of the input at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from api.codes import code_of
from domain.errors import ArrearsError, Invalid, Refused, Transient
from gateways.contract import GatewayUnavailable

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = "5"  # seconds
log = structlog.get_logger(__name__)


class FieldProblem(BaseModel):
    """One fault of the input."""

    place: str = Field(examples=["body.amount"])
    message: str = Field(examples=["Input should be greater than 0"])
    remedy: str = Field(default="", examples=["correct the value"])


class ProblemBody(BaseModel):
    """What every error answer holds. `code` is stable; the texts are for people."""

    type: str = Field(examples=["urn:arrears:problem:not_entitled"])
    status: int = Field(examples=[403])
    code: str = Field(examples=["not_entitled"])
    title: str = Field(examples=["无权操作 Not entitled"])
    detail: str = Field(examples=["finance is not asked here."])
    remedy: str = Field(examples=["It waits for: head_of_asset_management."])
    errors: list[FieldProblem] = Field(default=[], examples=[[]])
    request_id: str = Field(default="", examples=["5f0c2a"])


class EngineUnavailable(Transient):
    """The workflow engine cannot be reached or does not answer."""


def body_of(code: str, detail: str = "", remedy: str = "", errors: Iterable[FieldProblem] = ()) -> ProblemBody:
    """The problem of a code; what is not given is taken from the table of codes."""
    known = code_of(code)
    return ProblemBody(
        type=f"urn:arrears:problem:{code}",
        status=known.status,
        code=code,
        title=known.title,
        detail=detail or known.en,
        remedy=remedy or known.remedy,
        errors=list(errors),
    )


def problem_of(error: ArrearsError) -> ProblemBody:
    """What a caller is told about one of our errors; nothing of the inside of a failure is told."""
    match error:
        case Refused():
            return body_of(error.code, error.message, error.remedy)
        case Invalid():
            faults = [FieldProblem(place=p.place, message=p.message, remedy=p.remedy) for p in error.problems]
            return body_of("file_invalid", f"{len(faults)} faults.", errors=faults)
        case EngineUnavailable():
            return body_of("engine_unavailable")
        case GatewayUnavailable():
            return body_of("gateway_unavailable")
        case Transient():
            return body_of("database_unavailable")
        case _:
            return body_of("internal")


def answer(request: Request, problem: ProblemBody, headers: dict[str, str] | None = None) -> JSONResponse:
    """The problem as an answer to this request."""
    named = problem.model_copy(update={"request_id": getattr(request.state, "request_id", "")})
    found = dict(headers or {})
    if problem.status == 503:
        found["Retry-After"] = RETRY_AFTER
    if problem.status == 401:
        found["WWW-Authenticate"] = "Bearer"
    return JSONResponse(named.model_dump(), problem.status, found, MEDIA_TYPE)


def install(app: FastAPI, attempted: Callable[[Request, str, int], None]) -> None:
    """Every error of the application leaves as a problem. attempted: is told of a refusal, with its code and status."""

    @app.exception_handler(ArrearsError)
    def _ours(request: Request, error: ArrearsError) -> JSONResponse:
        problem = problem_of(error)
        if problem.status >= 500:
            log.warning("failed", code=problem.code, error=type(error).__name__)
        if isinstance(error, Refused):
            attempted(request, problem.code, problem.status)
        return answer(request, problem)

    @app.exception_handler(RequestValidationError)
    def _validation(request: Request, error: RequestValidationError) -> JSONResponse:
        return answer(request, body_of("invalid", f"{len(error.errors())} faults.", errors=_faults(error)))

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> JSONResponse:
        code = {404: "not_found", 405: "method_not_allowed", 401: "token_missing"}.get(error.status_code, "invalid")
        headers = dict(error.headers or {})
        problem = body_of(code, str(error.detail)).model_copy(update={"status": error.status_code})
        return answer(request, problem, headers)

    @app.exception_handler(Exception)
    def _unexpected(request: Request, error: Exception) -> JSONResponse:
        return answer(request, body_of("internal"))


def _faults(error: RequestValidationError) -> list[FieldProblem]:
    """All faults, without the values: they may be personal."""
    return [_fault(found) for found in error.errors()]


def _fault(found: dict[str, Any]) -> FieldProblem:
    remedies = {
        "missing": "add it",
        "extra_forbidden": "remove it",
        "union_tag_invalid": "use one of the words named",
        "union_tag_not_found": "name the command in the field do",
        "json_invalid": "send JSON in UTF-8",
    }
    place = ".".join(str(part) for part in found["loc"])
    return FieldProblem(place=place, message=found["msg"], remedy=remedies.get(found["type"], "correct the value"))


def problems(*codes: str) -> dict[int | str, dict[str, Any]]:
    """The error answers of a route for its OpenAPI entry, one example per code."""
    found: dict[int | str, dict[str, Any]] = {}
    for code in codes:
        entry = found.setdefault(
            code_of(code).status,
            {"model": ProblemBody, "description": "", "content": {MEDIA_TYPE: {"examples": {}}}},
        )
        entry["content"][MEDIA_TYPE]["examples"][code] = {"value": body_of(code).model_dump()}
        names = entry["content"][MEDIA_TYPE]["examples"]
        entry["description"] = ", ".join(f"`{name}`" for name in names)
    return found


ALWAYS = problems("invalid", "token_missing", "token_invalid", "token_expired", "not_entitled", "database_unavailable")
