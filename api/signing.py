"""A paper goes to the customer for an electronic signature, and what they did comes back as an answer in the case."""

from __future__ import annotations

from hashlib import sha256
from typing import Literal

from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel

from api.cases import NotRunning, StillRunning
from api.deps import Deps
from api.ladders import ladder_of_pin
from api.problems import EngineUnavailable
from api.uploads import checked_document
from domain import agreement_events as a
from domain.commands import AnswerStep, Command
from domain.errors import Refused
from domain.events import Actor, Event
from domain.ledger import DEBTORS
from gateways.contract import OutboundMessage, Rejected
from gateways.esign import SignatureEvent, to_be_signed
from store import accounts, cases, documents

AUTHORITY = "e-signature"
TITLE = "还款协议"
PDF = b"%PDF-"


class SignatureTaken(BaseModel):
    """What became of a signature. code: why the case did not take the answer."""

    key: str
    outcome: Literal["signed", "declined"]
    state: Literal["recorded", "refused"]
    code: str | None = None


def key_of(case_no: str, seq: int) -> str:
    """The idempotency key of a request, known to the provider: case and seq of its event."""
    return f"{case_no}/signature/{seq}"


async def send_for_signature(deps: Deps, case_no: str, command_id: str) -> None:
    """Hand the paper over, once per key. Refused number_refused; raises GatewayUnavailable: give the command again."""
    message = await run_in_threadpool(_message, deps, case_no, command_id)
    if message is not None and isinstance(await deps.signer.send(message), Rejected):
        raise Refused("number_refused", "The provider of signatures refuses it.", "Upload the signed copy instead.")


def _message(deps: Deps, case_no: str, command_id: str) -> OutboundMessage | None:
    with deps.database.reading() as session:
        happened = cases.events_of_command(session, command_id).get(case_no, ())
        found = next((one for one in happened if isinstance(one.body, a.SignatureRequested)), None)
        case = cases.snapshot_of(session, case_no)
        if found is None or case is None or not isinstance(found.body, a.SignatureRequested):
            return None
        people = accounts.parties(session, case.account_no)
        phone = next((one.phone for one in people if one.role in DEBTORS and one.phone), None)
        paper = documents.get_attachment(session, found.body.document)
    if phone is None:
        raise Refused("no_phone", "The customer has no telephone number.", "Upload the signed copy instead.")
    if paper is None or not paper.content.startswith(PDF):
        raise Refused("type_not_allowed", "What is to be signed is no PDF.", "Upload the agreement as a PDF.")
    return to_be_signed(key_of(case_no, found.seq), phone, TITLE, paper.content)


async def take_signature(deps: Deps, event: SignatureEvent) -> SignatureTaken:
    """The answer of the customer, in the name of who asked for it; a repeat gets the first answer.

    Refused unknown_delivery, type_not_allowed. Raises EngineUnavailable: the provider reports it again.
    """
    case_no, asked = await run_in_threadpool(_request, deps, event.key)
    command = await run_in_threadpool(_answer, deps, event, case_no, asked)
    try:
        await deps.cases.send(case_no, command, deps.limits.command_seconds)
    except StillRunning:
        raise EngineUnavailable("the case has not answered yet") from None
    except NotRunning:
        return SignatureTaken(key=event.key, outcome=event.outcome, state="refused", code="case_closed")
    except Refused as refusal:
        return SignatureTaken(key=event.key, outcome=event.outcome, state="refused", code=refusal.code)
    return SignatureTaken(key=event.key, outcome=event.outcome, state="recorded")


def _request(deps: Deps, key: str) -> tuple[str, Event]:
    case_no, _, seq = key.partition("/signature/")
    with deps.database.reading() as session:
        found = cases.timeline(session, case_no, int(seq) - 1, 1) if seq.isascii() and seq.isdigit() else ()
    if not found or not isinstance(found[0].body, a.SignatureRequested) or found[0].actor is None:
        raise Refused("unknown_delivery", f"Nothing was sent for signature as {key}.", "")
    return case_no, found[0]


def _answer(deps: Deps, event: SignatureEvent, case_no: str, asked: Event) -> Command:
    request = asked.body
    if not isinstance(request, a.SignatureRequested) or asked.actor is None:
        raise TypeError("only a request for a signature is answered by one")
    evidence = _keep(deps, event.signed_copy) if event.signed_copy is not None else None
    body = AnswerStep(
        step=request.step, outcome=_outcome(deps, case_no, request.step, event.outcome == "signed"),
        note=f"{AUTHORITY}: {event.outcome}, {event.provider_ref}", evidence=evidence,
        agreement=request.agreement if evidence else None,
    )  # fmt: skip
    actor = Actor(user=asked.actor.user, role=asked.actor.role, authority=AUTHORITY)
    return Command(id=f"signature:{sha256(event.key.encode()).hexdigest()[:32]}", actor=actor, body=body)


def _outcome(deps: Deps, case_no: str, step: str, signed: bool) -> str:
    with deps.database.reading() as session:
        pins = cases.pins_of(session, case_no)
    ladder = ladder_of_pin(deps.policies, pins[-1]) if pins else None
    known = ladder.by_id.get(step) if ladder else None
    if known is None or known.asked is None:
        raise Refused("unknown_step", f"The policy has no step {step}.", "")
    return known.asked.outcomes[0 if signed else 1]


def _keep(deps: Deps, content: bytes) -> str:
    """The id under which the signed copy is kept, as if it had been uploaded."""
    if not content.startswith(PDF):
        raise Refused("type_not_allowed", "The signed copy is no PDF.", "")
    checked_document("signed.pdf", content, deps.limits.attachment)
    digest = sha256(content).hexdigest()
    with deps.database.session() as session:
        documents.add_attachment(session, documents.Attachment(
            id=f"att-{digest[:32]}", sha256=digest, media_type="application/pdf", name="signed.pdf", content=content,
            uploaded_by="gateway-signature", at=deps.clock.now(),
        ))  # fmt: skip
    return f"att-{digest[:32]}"
