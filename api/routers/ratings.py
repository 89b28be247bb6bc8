"""Asset classification: the whole book on a day, and the ratings of an account with their history."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from activities.classification import classification_of
from api.auth import Person, Reader, RoleHeader, acting_role, may
from api.deps import Deps, Needs
from api.problems import problems
from api.schemas import AsOf, Body, IdempotencyKey, Number
from domain.classification import BookTotals, ClassificationPack, totals
from domain.words import Words
from store import ratings
from store.ratings import Rating

router = APIRouter(tags=["资产分类 classification"])


class CategoryView(BaseModel):
    """A category of the regulation: from so many days past due on at least this one."""

    id: str = Field(examples=["special_mention"])
    zh: str = Field(examples=["关注"])
    en: str
    from_days: int | None


class ClassificationView(BaseModel):
    """The whole book by category, one entry per currency; npl_ratio is a fraction, 0.032 is 3.2 %."""

    as_of: date
    regulation: str
    source: str
    categories: tuple[CategoryView, ...]
    books: tuple[BookTotals, ...]


class RatingBody(Body):
    """A category worse than the rules give; null takes back what somebody set."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"category": "doubtful", "reason": "抵押物灭失，借款人停业"}]}
    )

    category: Annotated[str, Field(min_length=1, max_length=64)] | None
    reason: Words


@router.get("/reports/classification", responses=problems("no_classification"))
def get_classification(person: Reader, deps: Needs, as_of: AsOf = None) -> ClassificationView:
    """Accounts and outstanding principal per category and the NPL ratio at the end of a day."""
    day = as_of or deps.today()
    pack = _pack(deps, day)
    with deps.database.reading() as session:
        rated = ratings.classify_book(session, day, deps.policies, pack)
    return ClassificationView(
        as_of=day,
        regulation=f"{pack.title['zh']} {pack.title['en']}",
        source=pack.source,
        categories=tuple(CategoryView.model_validate(category.model_dump()) for category in pack.categories),
        books=totals(pack, rated),
    )


@router.get("/accounts/{account_no}/ratings", responses=problems("unknown_account"))
def list_ratings(account_no: Number, person: Reader, deps: Needs) -> tuple[Rating, ...]:
    """Every rating of an account, by the rules or by a person, the first one first; nothing is ever changed."""
    with deps.database.reading() as session:
        return ratings.rating_history(session, account_no)


@router.post(
    "/accounts/{account_no}/ratings",
    status_code=201,
    responses=problems(
        "unknown_account", "no_classification", "nothing_owed", "unknown_category", "not_worse", "nothing_set",
        "key_differs", "role_not_yours", "role_ambiguous",
    ),
)  # fmt: skip
def rate(
    account_no: Number,
    body: RatingBody,
    key: IdempotencyKey,
    person: Annotated[Person, may("rate")],
    deps: Needs,
    role: RoleHeader = None,
) -> Rating:
    """Set a worse category with a reason, or take back what was set; once per key."""
    wanted = ratings.Judgement(
        account_no=account_no,
        category=body.category,
        reason=body.reason,
        actor=person.actor(acting_role(person, "rate", role), "rate"),
        key=key,
        at=deps.clock.now(),
    )
    day = deps.today()
    with deps.database.session() as session:
        return ratings.judge(session, wanted, day, deps.policies, _pack(deps, day))


def _pack(deps: Deps, day: date) -> ClassificationPack:
    return classification_of(deps.settings.classification_path, deps.settings.classification, day)
