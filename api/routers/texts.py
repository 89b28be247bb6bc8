"""Scripts, messages and letters: their versions, who of Legal passed them, and what is said in a call."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from activities.content.spoken import SpokenScript, Whom, spoken, values_for
from activities.text_review import Proposal, judge, propose
from activities.texts import Kind, Standing, State
from api.auth import Person, Reader, RoleHeader, acting_role, may
from api.deps import Deps, Needs
from api.problems import problems
from api.schemas import Body, IdempotencyKey, Number
from domain.errors import Refused
from domain.ladder import Ladder
from domain.wording import Audience
from domain.words import Said, Words
from store import deliveries
from store.cases import snapshot_of
from store.errands import get_errand
from store.wording import Judgement

router = APIRouter(tags=["话术与文本 texts"])
TextId = Annotated[str, Path(pattern=r"^(script|message|letter)\.[a-z][a-z0-9_]*$", examples=["script.first_call"])]
Version = Annotated[str, Path(pattern=r"^(own-)?[1-9][0-9]*$", examples=["1"])]
Heard = Annotated[Audience, Query(description="Who is called; a third party hears nothing of the debt.")]
Which = Annotated[int, Query(ge=1, le=99, description="Which guarantor.")]
OWN = problems("unknown_text", "key_differs", "role_not_yours", "role_ambiguous")


class VersionView(BaseModel):
    """A version and what Legal said of it. state: in_use, passed, refused, proposed, or replaced by a later release.

    by, role: who passed or refused it; without a person it is the pass that came with the product.
    """

    text: str = Field(examples=["script.first_call"])
    kind: Kind
    version: str = Field(examples=["own-1"])
    sha256: str
    state: State
    proposed_by: str
    note: str
    by: str
    role: str
    reason: str
    at: str | None


class ProposalBody(Body):
    """A script or message as YAML, or the template of a letter; texts/README.md in the repository says how."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"body": "id: first_call\n…", "note": "更口语化"}]})

    body: Annotated[Said, Field(max_length=100_000)]
    note: Words


class VerdictBody(Body):
    """Legal passes or refuses a version, with a reason."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"verdict": "passed", "reason": "符合规定"}]})

    verdict: Literal["passed", "refused"]
    reason: Words


class CallScript(BaseModel):
    """What is said, and by which passed version."""

    text: str
    version: str
    sha256: str
    script: SpokenScript


class SentText(BaseModel):
    """What a message said when it was sent, and the versions of the texts it was written from."""

    key: str
    document: str
    number: str
    texts: tuple[str, ...] = Field(examples=[["letter.overdue_notice@1", "message.borrower_short@1"]])
    wording: str


@router.get("/texts")
def list_texts(
    person: Reader, deps: Needs, state: Annotated[State | None, Query(description="Only in this state.")] = None
) -> list[VersionView]:
    """Every version of every script, message and letter; those that wait for Legal are `proposed`."""
    with deps.database.reading() as session:
        found = [one for versions in deps.texts.standings(session).values() for one in versions]
    return [_view(one) for one in found if state in (None, one.state)]


@router.get(
    "/texts/{text_id}/versions/{version}",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}}, **problems("unknown_text")},
)
def get_text(text_id: TextId, version: Version, person: Reader, deps: Needs) -> Response:
    """A version byte for byte, also of one that is no longer used."""
    with deps.database.reading() as session:
        text = deps.texts.version(session, text_id, version).text
    return Response(text.body, media_type="text/plain; charset=utf-8", headers={"ETag": f'"{text.sha256}"'})


@router.post(
    "/texts/{text_id}/versions",
    status_code=201,
    responses={**OWN, **problems("file_invalid", "text_from_product", "text_known")},
)
def propose_text(
    text_id: TextId,
    body: ProposalBody,
    key: IdempotencyKey,
    person: Annotated[Person, may("propose_text")],
    deps: Needs,
    role: RoleHeader = None,
) -> VersionView:
    """Propose a new version, once per key; it is checked at once and used only after Legal has passed it."""
    actor = person.actor(acting_role(person, "propose_text", role), "propose_text")
    wanted = Proposal(text_id=text_id, body=body.body, note=body.note, actor=actor, key=key, at=deps.clock.now())
    with deps.database.session() as session:
        return _view(propose(session, deps.texts, wanted, deps.drafts.renderer))


@router.post(
    "/texts/{text_id}/versions/{version}/verdict",
    responses={**OWN, **problems("own_proposal", "text_replaced")},
)
def judge_text(
    text_id: TextId,
    version: Version,
    body: VerdictBody,
    key: IdempotencyKey,
    person: Annotated[Person, may("pass_text")],
    deps: Needs,
    role: RoleHeader = None,
) -> VersionView:
    """Pass or refuse a version (B4.1.1.2b); the newest verdict counts, and nobody passes their own."""
    actor = person.actor(acting_role(person, "pass_text", role), "pass_text")
    passed = body.verdict == "passed"
    wanted = Judgement(passed=passed, reason=body.reason, actor=actor, key=key, at=deps.clock.now())
    with deps.database.session() as session:
        return _view(judge(session, deps.texts, text_id, version, wanted))


@router.get(
    "/cases/{case_no}/steps/{step}/script",
    responses=problems("unknown_case", "unknown_step", "unknown_party", "text_not_passed"),
)
def get_call_script(
    case_no: Number, step: Number, person: Reader, deps: Needs, to: Heard = "customer", number: Which = 1
) -> CallScript:
    """What to say in a call or visit of a case, as Legal passed it, with the figures of today."""
    with deps.database.reading() as session:
        case = snapshot_of(session, case_no)
        if case is None or case.policy is None:
            raise Refused("unknown_case", f"There is no case {case_no}.", "")
        ladder = deps.policies.ladder(case.policy, case.settings)
    asked = ladder.by_id[step].asked if step in ladder.by_id else None
    if asked is None:
        raise Refused("unknown_step", f"{step} asks nobody.", "")
    whom = Whom(account_no=case.account_no, audience=to, number=number, as_of=deps.today())
    return _said(deps, ladder, step, whom, asked.roles[0])


@router.get(
    "/errands/{errand_id}/script",
    responses=problems("unknown_errand", "unknown_party", "text_not_passed"),
)
def get_errand_script(errand_id: Number, person: Reader, deps: Needs, to: Heard = "customer") -> CallScript:
    """What to say in a call or visit before the due date."""
    with deps.database.reading() as session:
        errand = get_errand(session, errand_id)
    if not errand.account_no or errand.policy_id not in deps.policies.ids:
        raise Refused("text_not_passed", f"{errand_id} has no script.", "Nothing is said in it by a script.")
    whom = Whom(account_no=errand.account_no, audience=to, as_of=deps.today())
    return _said(deps, deps.policies.current(errand.policy_id), errand.rule, whom, errand.roles[0])


@router.get("/deliveries/text", responses=problems("unknown_delivery"))
def get_sent_text(
    person: Reader, deps: Needs, key: Annotated[str, Query(max_length=300, description="The key of the delivery.")]
) -> SentText:
    """What a message said, word for word, and from which versions; its letter is under the number of the document."""
    with deps.database.reading() as session:
        found = deliveries.find_delivery(session, key)
    if found is None:
        raise Refused("unknown_delivery", f"There is no delivery {key}.", "")
    return SentText.model_validate(found.model_dump(include=set(SentText.model_fields)))


def _said(deps: Deps, ladder: Ladder, step: str, whom: Whom, caller: str) -> CallScript:
    with deps.database.reading() as session:
        text = deps.texts.script_for(session, ladder.policy.id, step, whom.audience)
        if text is None:
            raise Refused("text_not_passed", f"No script for {step} has been passed.", "Ask Legal to pass one.")
        values = values_for(session, ladder, deps.policies.company, whom, caller)
    said = spoken(deps.texts.script(text), values)
    return CallScript(text=text.id, version=text.version, sha256=text.sha256, script=said)


def _view(found: Standing) -> VersionView:
    told = found.model_dump(include={"state", "proposed_by", "note", "by", "role", "reason"})
    text = {"text": found.text.id, "kind": found.text.kind, "version": found.text.version, "sha256": found.text.sha256}
    return VersionView.model_validate({**text, **told, "at": found.at.isoformat() if found.at else None})
