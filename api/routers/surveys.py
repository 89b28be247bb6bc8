"""Surveys after a case: customers answer by a sealed link, staff enter what they heard, figures per specialist."""

from __future__ import annotations

from html import escape
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query
from fastapi.responses import HTMLResponse

from activities.aftercare import case_of_token
from api.auth import Person, may
from api.deps import Deps, Needs
from api.problems import problems
from api.schemas import BookDay, Cursor, Limit, Number
from domain.errors import Refused
from store import surveys
from store.surveys import Contentment, Opinion, Survey
from store.views import Page

router = APIRouter(tags=["满意度 surveys"])
Token = Annotated[str, Path(max_length=128, pattern=r"^[A-Za-z0-9._-]+$")]
REFUSED = problems("unknown_survey", "survey_answered")
PAGE = """<!doctype html><html lang="zh"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>客户满意度调查</title><h1>{name}</h1>{body}</html>"""
FORM = """<form method="post"><p>您对我们的服务满意吗？How content are you with our service?</p>
<p><select name="score">{choices}</select></p><p><textarea name="comment" maxlength="2000"></textarea></p>
<p><button>提交 Send</button></p></form>"""


@router.get("/surveys/{token}", responses=REFUSED, response_class=HTMLResponse)
def show_survey(token: Token, deps: Needs) -> str:
    """The page behind the link of the message; nothing personal on it."""
    _case(deps, token)
    choices = "".join(f"<option>{score}</option>" for score in range(5, 0, -1))
    return _page(deps, FORM.format(choices=choices))


@router.post("/surveys/{token}", responses=REFUSED, response_class=HTMLResponse)
def answer_by_link(
    token: Token,
    deps: Needs,
    score: Annotated[int, Form(ge=1, le=5)],
    comment: Annotated[str, Form(max_length=2000)] = "",
) -> str:
    """The customer answers, once."""
    _answered(deps, _case(deps, token), Opinion(score=score, comment=comment), "customer")
    return _page(deps, "<p>感谢您的反馈。Thank you.</p>")


@router.put("/cases/{case_no}/survey", responses=REFUSED)
def enter_answer(case_no: Number, body: Opinion, person: Annotated[Person, may("enter_survey")], deps: Needs) -> Survey:
    """What a customer said on the telephone, entered by staff; once per case."""
    return _answered(deps, case_no, body, person.user)


@router.get("/surveys")
def list_surveys(
    person: Annotated[Person, may("see_figures")], deps: Needs, cursor: Cursor = None, limit: Limit = 50
) -> Page[Survey]:
    """The register of surveys."""
    with deps.database.reading() as session:
        return surveys.list_surveys(session, cursor, limit)


@router.get("/reports/satisfaction")
def get_satisfaction(
    person: Annotated[Person, may("see_figures")],
    deps: Needs,
    first: Annotated[BookDay, Query(alias="from", description="First day of the period.")],
    last: Annotated[BookDay, Query(alias="to", description="Last day of the period.")],
) -> list[Contentment]:
    """How content customers are: of all first, then by specialist (U4.2b, B3.2.2a)."""
    with deps.database.reading() as session:
        return list(surveys.contentment(session, first, last, deps.time_zone))


def _case(deps: Deps, token: str) -> str:
    case_no = case_of_token(deps.settings.token_key(), token)
    if case_no is None:
        raise Refused("unknown_survey", "This link is not one of ours.", "Use the link of the message.")
    return case_no


def _answered(deps: Deps, case_no: str, opinion: Opinion, by: str) -> Survey:
    with deps.database.session() as session:
        return surveys.answer_survey(session, case_no, opinion, by, deps.clock.now())


def _page(deps: Deps, body: str) -> str:
    return PAGE.format(name=escape(deps.policies.company.name["zh"]), body=body)
