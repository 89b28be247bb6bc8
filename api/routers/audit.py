"""For auditors: everything about one case in one archive."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Response

from api.auth import Person, may
from api.deps import Needs
from api.problems import problems
from api.schemas import Number
from store.archive import archive_of

router = APIRouter(tags=["审计 audit"])
Chain = Annotated[bool, Query(description="With the whole audit log, to check the chain without us.")]
ZIP = {200: {"content": {"application/zip": {}}, "description": "The archive, the same bytes for the same state."}}


@router.get("/cases/{case_no}/export", response_class=Response, responses={**ZIP, **problems("unknown_case")})
def export_case(
    case_no: Number, person: Annotated[Person, may("export_case")], deps: Needs, chain: Chain = False
) -> Response:
    """Records, commands, documents, uploads and audit entries of a case, with an index of hashes; personal data."""
    with deps.database.reading() as session:
        content = archive_of(session, case_no, chain)
    name = quote(f"{case_no}.zip", safe="")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}", "X-Content-Type-Options": "nosniff"}
    return Response(content, media_type="application/zip", headers=headers)
