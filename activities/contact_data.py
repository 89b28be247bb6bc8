"""Dead numbers, mail that came back, addresses nobody verified: somebody is asked, the answer kept."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from activities.registry import Policies
from activities.supervised import COUNTRY, HOME, WITHIN, heads_of, supervised
from domain.base import Frozen, local_date
from domain.clock import Clock
from domain.contact_data import INQUIRIES, ContactFinding, inquiry_of, learned
from domain.events import Actor
from domain.ladder import Ladder
from store import calendar, contact_data, errands
from store.contacts import party_of_target
from store.errands import Errand
from store.layers import customer_key
from store.session import Database


class Doubt(Frozen):
    """A number or an address of a party is in doubt. source: what showed it, once each. who: as in targets.

    role: who found it and looks into it; None: whoever keeps the contact data under the policy.
    """

    finding: ContactFinding
    source: str
    account_no: str
    policy_id: str | None = None
    who: str = "customer"
    role: str | None = None
    note: str = ""


class ContactData:
    """Opens what has to be found out, in the session that is given, and keeps what was found out."""

    def __init__(self, database: Database, policies: Policies, clock: Clock) -> None:
        self._database = database
        self._policies = policies
        self._clock = clock

    def found(self, session: Session, doubt: Doubt) -> str | None:
        """Ask once per source, and not while somebody looks into the same already; gives the errand.

        None: the account has no such party.
        """
        party_id = party_of_target(session, doubt.account_no, doubt.who)
        if party_id is None:
            return None
        return self._ask(session, doubt, party_id)

    def _ask(self, session: Session, doubt: Doubt, party_id: str) -> str | None:
        if contact_data.is_open(session, party_id, doubt.finding):
            return None
        now, asked = self._clock.now(), INQUIRIES[doubt.finding]
        role = doubt.role or keeper(self._policies.current(doubt.policy_id or next(iter(self._policies.ids))))
        by = calendar.calendar(session, COUNTRY).business_day(local_date(now, HOME), WITHIN)
        source = sha256(f"{doubt.source}/{doubt.who}".encode()).hexdigest()[:24]
        errand = supervised(source, doubt.finding, (role, *heads_of(self._policies.roles, role)), by, now).model_copy(
            update={
                "title": asked.title, "say": doubt.note, "outcomes": asked.outcomes, "items": {"finding": "核实结果"},
                "account_no": doubt.account_no, "subject": customer_key(party_id),
            }
        )  # fmt: skip
        errands.open_errand(session, errand)
        return errand.id

    def answered(self, session: Session, errand: Errand, actor: Actor, at: datetime) -> None:
        """The answer to an inquiry counts for all accounts of the person; a new address is then verified.

        Nothing for other errands. Refused "answer_incomplete".
        """
        asked = inquiry_of(errand.rule)
        if errand.policy_id != contact_data.SUPERVISION or asked is None or errand.outcome is None:
            return
        value = learned(asked, errand.outcome, errand.answers)
        party_id = contact_data.correct(session, errand, asked, value, errand.outcome, actor, at)
        unverified = errand.outcome == asked.none if asked.verifies else errand.outcome == "new_address"
        if party_id is None or not unverified:
            return
        following: ContactFinding = "address_wrong" if asked.verifies else "address_unverified"
        doubt = Doubt(finding=following, source=errand.id, account_no=errand.account_no, role=errand.roles[0])
        self._ask(session, doubt, party_id)


def keeper(ladder: Ladder) -> str:
    """Who keeps the contact data: those whom the policy sends to the customer first, else those who own the policy."""
    steps = [step for step in ladder.steps if step.asked is not None and step.asked.what in ("contact", "visit")]
    asked = next((step.asked for step in steps), None)
    return asked.roles[0] if asked is not None else ladder.policy.owner
