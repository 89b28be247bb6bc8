"""What secures a claim, the check of its file, and the result of a project after a disposal."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from activities.content.collateral import file_papers
from api.auth import Person, Reader, RoleHeader, acting_role, may
from api.deps import Needs
from api.ladders import ladder_of_account, ladder_of_pin
from api.problems import problems
from api.schemas import AsOf, IdempotencyKey, Number
from domain.asset import AssetState, FilePaper
from domain.errors import Refused
from store import assets, cases
from store.account_facts import account_facts
from store.accounts import get_account
from store.assets import AssetEntry
from store.project_result import ProjectResult, project_result

router = APIRouter(tags=["担保物与处置 collateral"])


class AssetBody(AssetState):
    """An asset as it is from now on, complete; what it was before stays as history."""

    evidence: Annotated[str, Field(max_length=64)] | None = None


class FileCheckView(BaseModel):
    """The collateral file on a day. gaps: what is missing; unknown: what only people can say (L6.1d)."""

    case_no: str
    papers: tuple[FilePaper, ...]
    gaps: int
    unknown: int


@router.get("/accounts/{account_no}/assets", responses=problems("unknown_account"))
def list_assets(
    account_no: Number,
    person: Reader,
    deps: Needs,
    history: Annotated[bool, Query(description="Every entry, not only the newest of each.")] = False,
) -> list[AssetEntry]:
    """Leased assets, mortgages, pledges and deposits of an account."""
    with deps.database.reading() as session:
        get_account(session, account_no)
        found = assets.asset_history(session, account_no) if history else assets.assets_of(session, account_no)
    return list(found)


@router.post(
    "/accounts/{account_no}/assets", status_code=201,
    responses=problems(
        "unknown_account", "unknown_attachment", "asset_kind_differs", "command_differs", "role_ambiguous"
    ),
)  # fmt: skip
def enter_asset(
    account_no: Number,
    body: AssetBody,
    key: IdempotencyKey,
    person: Annotated[Person, may("enter_asset")],
    deps: Needs,
    role: RoleHeader = None,
) -> AssetEntry:
    """Enter an asset, or what changed of it (a new place, a new policy of insurance): a new version, once per key."""
    actor = person.actor(acting_role(person, "enter_asset", role), "enter_asset")
    state = AssetState.model_validate(body.model_dump(exclude={"evidence"}))
    entry = AssetEntry(
        account_no=account_no, key=key, state=state, evidence=body.evidence, actor=actor, at=deps.clock.now()
    )
    with deps.database.session() as session:
        return assets.enter_asset(session, entry)


@router.get("/cases/{case_no}/collateral-file", responses=problems("unknown_case", "not_ready"))
def check_file(case_no: Number, person: Reader, deps: Needs, as_of: AsOf = None) -> FileCheckView:
    """The checklist of the collateral file as the record fills it in: what is there, what is missing (L6.1d)."""
    with deps.database.reading() as session:
        case, pins = cases.snapshot_of(session, case_no), cases.pins_of(session, case_no)
        if case is None or not case.account_no:
            raise Refused("unknown_case", f"There is no case {case_no}.", "Check the case number.")
        ladder = ladder_of_pin(deps.policies, pins[-1]) if pins else None
        if ladder is None:
            raise Refused("not_ready", "The case is just being opened.", "Try again in a moment.")
        papers = file_papers(session, case.account_no, case_no, as_of or deps.today(), deps.clock.now())
    missing, unknown = (sum(one.there is said for one in papers) for said in (False, None))
    return FileCheckView(case_no=case_no, papers=papers, gaps=missing, unknown=unknown)


@router.get("/accounts/{account_no}/result", responses=problems("unknown_account"))
def get_result(account_no: Number, person: Reader, deps: Needs, as_of: AsOf = None) -> ProjectResult:
    """Profit or loss of the project by the books, the deficiency still owed or the surplus owed to the customer.

    The figures may be sent back as those of the answer to `profit_and_loss`, confirmed or amended (L7.3a, L7.3b).
    """
    with deps.database.reading() as session:
        account_facts(session, account_no)
        ladder = ladder_of_account(session, deps.policies, account_no)
        return project_result(session, account_no, as_of or deps.today(), ladder.terms)
