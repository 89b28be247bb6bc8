"""Tells what happens in all cases as it happens: ids and kinds only."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.concurrency import run_in_threadpool
from sse_starlette import EventSourceResponse, ServerSentEvent

from api.auth import Reader
from api.deps import Deps, Needs
from domain.errors import Transient
from store import feed

router = APIRouter(tags=["事件 events"])
