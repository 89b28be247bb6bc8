"""Portfolio files and payment files: checked, held, looked at, released or discarded."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response, UploadFile
from fastapi.concurrency import run_in_threadpool

from api.auth import Person, Reader, may
from api.deps import Deps, Needs
from api.problems import EngineUnavailable, problems
from api.schemas import Limit, Number
from api.views import BatchView, ChangesView, FieldFault, ImportView, PaymentResult, ReleaseView
from domain.errors import Problem, Refused
from imports import batch as portfolio_batch
from imports.changes import apply_changes
from imports.delta import compare
from imports.payments import post_payments, read_payments
from imports.portfolio import Loading
from imports.preview import PreviewLine, preview_batch
from imports.source import SourceFile
from imports.vocabulary import Vocabularies
from store import batches
from store.batches import Batch
from store.calendar import calendar

router = APIRouter(tags=["导入 imports"])
MISSING = problems("unknown_batch")
DECIDED = problems("unknown_batch", "batch_decided", "account_exists", "customer_listed")
FILE = problems("file_invalid", "nothing_to_import", "too_large")


@router.post("/imports", status_code=201, responses=problems("file_invalid", "nothing_to_import", "too_large"))
def import_portfolio(
    file: UploadFile, person: Annotated[Person, may("import_portfolio")], deps: Needs, response: Response
) -> ImportView:
    """Check a portfolio file (.xlsx, .xls, .zip of csv) and keep its good accounts, held until somebody releases them.

    The same file again changes nothing (200). A file that is bad as a whole is refused with all its faults.
    """
    checked = portfolio_batch.check(file.file.read(), _name(file), _loading(deps))
    with deps.database.session() as session:
        staged = portfolio_batch.stage(
            session, checked, person.user, deps.clock.now(), listed=deps.settings.listed_customers, book=deps.policies
        )
        found = batches.problems_of(session, staged.batch.id) if staged.repeated else staged.problems
    if staged.repeated:
        response.status_code = 200
    return _view(staged.batch, found)


@router.post("/imports/changes", status_code=201, responses=FILE)
def import_changes(
    file: UploadFile, person: Annotated[Person, may("import_portfolio")], deps: Needs, response: Response
) -> ChangesView:
    """Tomorrow's file: what changed since. New accounts wait to be released; other changes take effect at once.

    Everything that differs and is not ours to change is in `problems`, the reconciliation list. Sent again: 200.
    """
    checked = portfolio_batch.check(file.file.read(), _name(file), _loading(deps))
    with deps.database.session() as session:
        delta = compare(session, checked, deps.policies)
        applied = apply_changes(
            session, delta, person.user, deps.clock.now(), hold=True, listed=deps.settings.listed_customers,
            book=deps.policies,
        )  # fmt: skip
        found = batches.problems_of(session, applied.batch.id) if applied.repeated else applied.problems
    if applied.repeated:
        response.status_code = 200
    return ChangesView(
        **dict(_view(applied.batch, found)),
        new=applied.new,
        schedules=applied.schedules,
        parties=applied.parties,
        postings=applied.postings,
        settled=applied.settled,
        assets=applied.assets,
    )


@router.post("/imports/payments", responses=FILE)
def import_payments(
    file: UploadFile, person: Annotated[Person, may("import_payments")], deps: Needs
) -> list[PaymentResult]:
    """Post a file of payments and reversals, each receipt once. What fits no account goes to the suspense list."""
    read = read_payments([SourceFile(_name(file), file.file.read())], deps.today())
    with deps.database.session() as session:
        booked = post_payments(session, read, deps.clock.now())
    return [PaymentResult.of(result) for result in booked]


@router.get("/imports")
def list_imports(person: Reader, deps: Needs, limit: Limit = 50) -> list[BatchView]:
    """Imports, the newest first."""
    with deps.database.reading() as session:
        return [BatchView.of(found) for found in batches.list_batches(session, limit)]


@router.get("/imports/{batch_id}", responses=MISSING)
def get_import(batch_id: Number, person: Reader, deps: Needs) -> ImportView:
    """An import with its control totals and everything that was wrong in its file."""
    with deps.database.reading() as session:
        return _view(_batch(batches.get_batch(session, batch_id), batch_id), batches.problems_of(session, batch_id))


@router.get("/imports/{batch_id}/preview", responses=MISSING)
def preview_import(batch_id: Number, person: Reader, deps: Needs) -> list[PreviewLine]:
    """What the first day would bring for each overdue account if the import were released now; nothing is done."""
    with deps.database.reading() as session:
        return preview_batch(
            session, batch_id, deps.policies.ladder_of, lambda name: calendar(session, name), deps.clock.now()
        )


@router.post("/imports/{batch_id}/release", responses=DECIDED)
async def release(batch_id: Number, person: Annotated[Person, may("release_import")], deps: Needs) -> ReleaseView:
    """Let the first wave go: the overdue accounts of this import become cases, at once if the engine is there."""
    released = await run_in_threadpool(_release, deps, batch_id, person)
    try:
        opened = await deps.intake.run(deps.today())
    except EngineUnavailable:
        opened = None
    return ReleaseView(batch=BatchView.of(released), opened=opened)


@router.post("/imports/{batch_id}/discard", responses=DECIDED)
def discard(batch_id: Number, person: Annotated[Person, may("import_portfolio")], deps: Needs) -> BatchView:
    """Take a held import back with all its accounts."""
    with deps.database.session() as session:
        return BatchView.of(portfolio_batch.discard(session, batch_id, person.user, deps.clock.now()))


def _loading(deps: Deps) -> Loading:
    return Loading(deps.clock.now(), Vocabularies(deps.policies.ladder_of), deps.time_zone)


def _name(file: UploadFile) -> str:
    return (file.filename or "upload")[:200]


def _release(deps: Deps, batch_id: str, person: Person) -> Batch:
    with deps.database.session() as session:
        return portfolio_batch.release(session, batch_id, person.user, deps.clock.now(), deps.settings.listed_customers)


def _batch(found: Batch | None, batch_id: str) -> Batch:
    if found is None:
        raise Refused("unknown_batch", f"There is no import {batch_id}.", "")
    return found


def _view(batch: Batch, faults: tuple[Problem, ...]) -> ImportView:
    problems = tuple(FieldFault(place=f.place, message=f.message, remedy=f.remedy) for f in faults)
    return ImportView(**dict(BatchView.of(batch)), problems=problems)
