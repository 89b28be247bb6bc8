"""What a caller or visitor says: the script with the figures of the account, and nothing private to third parties."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from activities.content.claims import claim_of
from activities.content.words import day, money
from domain.base import Frozen, days
from domain.errors import Refused
from domain.ladder import Ladder
from domain.ledger import DEBTORS, PartyRole
from domain.money import ZERO
from domain.policy import Company
from domain.standing import standing
from domain.wording import Audience, Item, Script, filled
from domain.wording_file import KNOWN
from store.account_facts import account_facts
from store.accounts import get_account, parties
from store.views import Party


class Whom(Frozen):
    """Who is called about which account, on which day. number: which guarantor, from 1 on."""

    account_no: str
    audience: Audience
    number: int = 1
    as_of: date


class SpokenLine(Frozen):
    """A line in both languages, with the figures in it."""

    part: str
    zh: str
    en: str


class SpokenScript(Frozen):
    """A script as it is read out. must_say: what has to be said whatever else is said."""

    title: dict[str, str]
    lines: tuple[SpokenLine, ...]
    must_say: tuple[Item, ...]


def spoken(script: Script, values: dict[str, str]) -> SpokenScript:
    """The script with its figures; a line that names a figure that is not there is left out."""
    known = {name: value for name, value in values.items() if name in KNOWN[script.audience]}
    lines: list[SpokenLine] = []
    for path, said in script.lines():
        zh, en = filled(said.zh, known), filled(said.en, known)
        if zh is not None and en is not None:
            lines.append(SpokenLine(part=str(path[-1] if path[0] == "opening" else path[0]), zh=zh, en=en))
    return SpokenScript(
        title={"zh": script.title.zh, "en": script.title.en}, lines=tuple(lines), must_say=script.must_say
    )


def values_for(session: Session, ladder: Ladder, company: Company, whom: Whom, caller: str) -> dict[str, str]:
    """The figures for who is called; whoever is no party to the debt hears who calls and for whom, nothing else.

    Refused: unknown_account, unknown_party (the account has no such guarantor, or nobody who owes).
    """
    people = parties(session, whom.account_no)
    debtor = next((party for party in people if party.role in DEBTORS), None)
    if debtor is None:
        raise Refused("unknown_party", f"Account {whom.account_no} has nobody who owes.", "")
    found = {
        "company": company.name["zh"], "phone": company.phone, "caller": _title(ladder, caller), "debtor": debtor.name,
    }  # fmt: skip
    if whom.audience == "third_party":
        return found
    person = debtor if whom.audience == "customer" else _guarantor(people, whom)
    return {**found, "person": person.name, **_figures(session, ladder, whom)}


def _title(ladder: Ladder, role: str) -> str:
    known = ladder.policy.roles.get(role)
    return known.zh if known else role


def _guarantor(people: tuple[Party, ...], whom: Whom) -> Party:
    guarantors = [party for party in people if party.role is PartyRole.GUARANTOR]
    if len(guarantors) < whom.number:
        raise Refused("unknown_party", f"Account {whom.account_no} has no guarantor {whom.number}.", "")
    return guarantors[whom.number - 1]


def _figures(session: Session, ladder: Ladder, whom: Whom) -> dict[str, str]:
    account, facts = get_account(session, whom.account_no), account_facts(session, whom.account_no)
    found = {"contract_no": account.contract_no, "currency": account.currency, "as_of": day(whom.as_of)}
    claim = claim_of(ladder, standing(facts, whom.as_of, ladder.terms), account.currency)
    if claim is not None:
        amounts = claim.amounts
        penalty = amounts.earlier_penalty + amounts.current_penalty
        found |= {
            "dpd": str(claim.dpd), "total": money(amounts.total), "overdue": money(amounts.overdue_rent),
            "penalty": money(penalty), "costs": money(amounts.costs),
        }  # fmt: skip
    due = min((i.due for i in facts.schedule if i.due >= whom.as_of), default=None)
    if due is not None:
        then = standing(facts, due + days(1), ladder.terms)
        unpaid = sum((row.unpaid for row in then.open_instalments if row.due == due), start=ZERO)
        found |= {"upcoming_amount": money(unpaid), "upcoming_due": day(due)}
    return found
