"""A placement as a case takes it: the agency as it stands in the register now, and the region of the account."""

from __future__ import annotations

from api.deps import Deps
from api.schemas import PlaceWithAgencyBody
from domain.agency import PlaceWithAgency
from domain.errors import Refused
from store import agencies, cases


def placement(deps: Deps, case_no: str, body: PlaceWithAgencyBody) -> PlaceWithAgency:
    """The command; call it in a thread. Refused: unknown_case, unknown_agency."""
    with deps.database.reading() as session:
        case = cases.snapshot_of(session, case_no)
        if case is None:
            raise Refused("unknown_case", f"There is no case {case_no}.", "Check the case number.")
        return PlaceWithAgency(
            step=body.step, agency=agencies.file_of(session, body.agency),
            region=agencies.region_of(session, case.account_no), note=body.note, evidence=body.evidence,
        )  # fmt: skip
