"""Demands on guarantors: released by the answer of a duty, one numbered letter each, with the figures of its day."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.orm import Session

from activities.content.brief import cover_values
from activities.content.guarantees import KIND, guarantor_demand
from activities.content.material import Material, read_material
from activities.content.outward import NoLetter, address_of, party_of
from activities.delivery import Delivery
from activities.letter_writer import StoredDocument, UnknownDocument, new_document, own_version, stored_letter
from activities.messages import DispatchRequest, DispatchResult
from activities.registry import Policies
from activities.texts import COVER, Text, Texts, texts_of
from domain.base import days, local_date
from domain.case import Case
from domain.clock import Clock
from domain.errors import Refused, Transient
from domain.layer import Duty, LayerInForce
from domain.ledger import PartyRole
from domain.limitation import GuaranteePeriod
from letters.content import DocumentContent
from letters.parts import Signature
from letters.render import Renderer
from store import deliveries, layers, staff
from store.accounts import parties
from store.cases import open_case_of, snapshot_of
from store.documents import claim_number, find_document, get_pdf, save_document
from store.dossier import sent_number, staff_names
from store.errands import Errand, get_errand
from store.facts import ledger_version
from store.limitation import clocks_of
from store.session import Database

log = structlog.get_logger()
CHANNEL: Final = "letter"
LATEST: Final = days(30)  # what could not go out by then needs a new decision
AGAIN: Final = timedelta(minutes=5)  # the figures moved, or Legal has not passed the text yet
REFUSED: Final = timedelta(days=1)  # nobody could be written to
IN_HAND: Final = ("sent", "delivered", "failed", "returned", "refused", "unknown")
NOT_SENT: Final = "担保人通知书未能发出"


def may_demand(session: Session, policies: Policies, answered: Errand) -> None:
    """Whether the letters that an answer releases can be written. Refused "nobody_to_demand_from"."""
    found = _sending(policies, answered)
    if found is None:
        return
    guarantors = [one for one in parties(session, answered.account_no) if one.role is PartyRole.GUARANTOR]
    if not guarantors or open_case_of(session, answered.account_no) is None:
        what = "has no open case" if guarantors else "names no guarantor"
        raise Refused("nobody_to_demand_from", f"Account {answered.account_no} {what}.", "Give another answer.")


class DemandWriter:
    """Writes the letters in the session it is given; the caller commits."""

    def __init__(self, renderer: Renderer, policies: Policies, texts: Texts) -> None:
        self._renderer = renderer
        self._policies = policies
        self._texts = texts

    def letter(self, session: Session, request: DispatchRequest, claimed: str | None = None) -> StoredDocument:
        """The letter to one guarantor with the figures of `as_of`; written anew only when they moved before it went.

        claimed: the number of what somebody may have sent already. Raises NoLetter, MissingGlyphs, TextNotPassed.
        """
        ladder = self._policies.ladder(request.policy, request.settings)
        company = self._policies.company
        material = read_material(session, ladder, company, request.case_no, request.account_no, request.as_of)
        who, _, channel = request.target.partition("/")
        recipient = address_of(party_of(material, who), channel)
        used = self._texts.needed(session, texts_of(KIND.value))
        number = claimed or self._number(session, request, material, used[f"letter.{KIND.value}"])
        line, content = stored_letter(session, number)
        pdf = get_pdf(session, number)
        if line is None or content is None or pdf is None:
            raise UnknownDocument(f"document {number} has no bytes")
        self._texts.keep(session, used.values(), request.at)
        said = self._texts.message(used[COVER]).written(cover_values(KIND, number, material, ()), KIND.value)
        return StoredDocument(
            ref=line.ref, pdf=pdf, recipient=recipient, subject=f"{KIND.title}（编号：{number}）", text=said,
            texts=tuple(one.label for one in used.values()),
        )  # fmt: skip

    def _number(self, session: Session, request: DispatchRequest, material: Material, said: Text) -> str:
        who = request.target.partition("/")[0]
        gone = sent_number(session, request.case_no, request.step, request.occurrence, who)
        stored = find_document(
            session, KIND.value, request.case_no, request.step, request.occurrence, who, request.as_of,
            request.ledger_version,
        )  # fmt: skip
        if gone is not None or stored is not None:
            return gone or (stored.number if stored else "")
        party = party_of(material, who)
        period = _period(session, self._policies, material, party.id)
        number = claim_number(session, KIND.value, request.as_of.year)
        content = guarantor_demand(material, party, period, number.text, self._signature(session, request))
        content = DocumentContent.model_validate({**dict(content), "template": own_version(said)})
        document = new_document(number, content, self._renderer.render(content, said.template), request, request.at)
        document = document.model_copy(update={"target": who, "ledger_version": request.ledger_version})
        return save_document(session, document).number

    def _signature(self, session: Session, request: DispatchRequest) -> Signature:
        """Of whoever released the letters by their answer."""
        released = get_errand(session, request.key.partition("/")[0])
        layer = self._policies.layers[released.policy_id]
        role = layer.layer.roles.get(released.answered_role or "")
        user = released.answered_by or ""
        return Signature(
            role=role.zh if role else released.answered_role or released.roles[0],
            name=staff_names(session, (user,)).get(user),
            signed_on=request.as_of,
        )


class GuarantorDemands:
    """Sends what was released, each once and within the hours of letters; what has to wait is tried again."""

    def __init__(self, database: Database, policies: Policies, delivery: Delivery, clock: Clock) -> None:
        self._database = database
        self._policies = policies
        self._delivery = delivery
        self._clock = clock
        self._not_before: dict[str, datetime] = {}
        self._done: set[str] = set()  # answers whose letters have all gone: not looked at again

    async def send(self) -> int:
        """How many went out now."""
        waiting = await asyncio.to_thread(self._waiting)
        return sum([await self._one(request) for request in waiting])

    def _waiting(self) -> list[DispatchRequest]:
        """The letters of the answers of the last days that no gateway has yet."""
        now, found = self._clock.now(), list[DispatchRequest]()
        with self._database.reading() as session:
            for layer, duty in _duties(self._policies):
                outcome = layer.outcomes(duty)[0]
                for errand in layers.answered_since(session, layer.id, duty, outcome, now - LATEST):
                    if errand.id not in self._done:
                        found += self._letters(session, errand, duty, now)
        return [one for one in found if self._not_before.get(one.key, now) <= now]

    def _letters(self, session: Session, errand: Errand, duty: Duty, now: datetime) -> Iterator[DispatchRequest]:
        case_no = open_case_of(session, errand.account_no)
        case = snapshot_of(session, case_no) if case_no else None
        if case is None or case.policy is None or _is_another(case, errand):  # paid meanwhile
            return
        people = [one for one in parties(session, errand.account_no) if one.role is PartyRole.GUARANTOR]
        targets = [f"guarantor-{place}/{CHANNEL}" for place in range(1, len(people) + 1)]
        known = {target: deliveries.find_delivery(session, f"{errand.id}/{target}") for target in targets}
        if all(one is not None and one.status in IN_HAND for one in known.values()):
            self._done.add(errand.id)
        for target, one in known.items():
            if one is None or one.status not in IN_HAND:
                yield DispatchRequest(
                    case_no=case.case_no, account_no=errand.account_no, step=duty.id, target=target,
                    document=KIND.value, key=f"{errand.id}/{target}", occurrence=1,
                    as_of=local_date(now, case.time_zone), at=now,
                    ledger_version=ledger_version(session, errand.account_no), policy=case.policy,
                    settings=case.settings,
                )  # fmt: skip

    async def _one(self, request: DispatchRequest) -> bool:
        try:
            result = await self._delivery.dispatch_document(request)
        except Transient as fault:
            log.info("guarantor_demand_waits", key=request.key, reason=type(fault).__name__)
            return False
        if result.status == "sent":
            return True
        await asyncio.to_thread(self._put_off, request, result)
        return False

    def _put_off(self, request: DispatchRequest, result: DispatchResult) -> None:
        """It waits; whoever released it hears of a letter that cannot go out."""
        wait = REFUSED if result.status in ("refused", "unknown") else AGAIN
        self._not_before[request.key] = result.not_before or request.at + wait
        if result.status != "refused":
            return
        with self._database.session() as session:
            released = get_errand(session, request.key.partition("/")[0])
            alert = staff.Alert(
                key=f"{request.key}/refused", role=released.answered_role or released.roles[0], case_no=request.case_no,
                title=NOT_SENT, text="请核对担保人地址、保证期间和联系限制", at=request.at,
            )  # fmt: skip
            staff.raise_alert(session, alert)


def _is_another(case: Case, errand: Errand) -> bool:
    """Whether the case is of a later delinquency than the one that was decided on."""
    return case.opened_at is not None and errand.ended_at is not None and case.opened_at > errand.ended_at


def _duties(policies: Policies) -> Iterator[tuple[LayerInForce, Duty]]:
    for layer in policies.layers.values():
        yield from ((layer, duty) for duty in layer.layer.duties if duty.send)


def _sending(policies: Policies, answered: Errand) -> Duty | None:
    """The duty whose letters this answer releases."""
    favourable = answered.outcome == answered.outcomes[0]
    of_it = (duty for layer, duty in _duties(policies) if (layer.id, duty.id) == (answered.policy_id, answered.rule))
    return next(of_it, None) if favourable else None


def _period(session: Session, policies: Policies, material: Material, party_id: str) -> GuaranteePeriod:
    """Raises NoLetter for a party that is no guarantor any more."""
    clocks = clocks_of(session, material.account.account_no, policies.clocks, material.as_of)
    found = next((one for one in clocks.guarantors if one.party == party_id), None)
    if found is None:
        raise NoLetter("no_party", f"account {material.account.account_no} has no guarantor {party_id}")
    return found
