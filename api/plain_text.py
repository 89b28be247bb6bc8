"""Refuses the character NUL, which no database keeps as text, before anything is done with what was sent."""

from __future__ import annotations

import re

from fastapi import Request

from domain.errors import Refused

ESCAPED = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")  # in JSON it is always written so


async def no_nul(request: Request) -> None:
    """Refused "invalid" when path, query or JSON hold a NUL; files may hold what they like."""
    in_address = "\0" in request.scope["path"] or b"%00" in request.scope["query_string"]
    in_body = "json" in request.headers.get("content-type", "") and ESCAPED.search(await request.body())
    if in_address or in_body:
        raise Refused("invalid", "What was sent holds the character NUL.", "Take it out and send the rest again.")
