"""Several contracts of one person in one letter: which it speaks of, and what is owed on each."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from activities.content.borrower import penalty_rows, proposed
from activities.content.material import Material, read_material
from activities.content.words import line
from activities.messages import DispatchRequest
from activities.registry import Policies
from domain.money import ZERO, rounded
from letters.kinds import DocumentKind
from letters.parts import Owed
from store.contacts import CUSTOMER
from store.facts import ledger_version
from store.named import Named, other_cases


@dataclass(frozen=True)
class Other:
    """Another contract of the person, and the ledger version of what is owed on it."""

    owed: Owed
    named: Named


def other_contracts(
    session: Session, policies: Policies, request: DispatchRequest, material: Material
) -> tuple[Other, ...]:
    """What the person owes under the same policy in other open cases; nothing of a case that rests.

    A proposal with a plan that people wrote for one contract speaks of that contract alone.
    """
    who = request.target.partition("/")[0]
    if who not in CUSTOMER or material.claim is None or _alone(request.document, material):
        return ()
    found: list[Other] = []
    for case in other_cases(session, request.account_no, request.policy.id):
        version = ledger_version(session, case.account_no)  # before the figures: they may be newer, never older
        ladder = policies.ladder(case.policy, case.settings)
        of = read_material(session, ladder, policies.company, case.case_no, case.account_no, request.as_of)
        same = of.debtor and material.debtor and of.debtor.role is material.debtor.role
        if same and of.claim is not None and not _alone(request.document, of):
            named = Named(account_no=case.account_no, case_no=case.case_no, ledger_version=version)
            found.append(Other(owed_of(of), named))
    return tuple(found)


def _alone(document: str, material: Material) -> bool:
    return document == DocumentKind.repayment_proposal.value and bool(proposed(material).sections())


def owed_of(material: Material) -> Owed:
    """What is owed on a contract with something overdue."""
    claim = material.claim
    if claim is None:
        raise ValueError(f"account {material.account.account_no} owes nothing")
    rows = penalty_rows(material)
    daily = rounded(claim.amounts.overdue_rent * rows[-1].rate) if rows else ZERO
    return Owed(
        contract_no=line(material.account.contract_no),
        account_no=material.account.account_no,
        due=claim.oldest_due or min(row.due for row in claim.instalments),
        dpd=claim.dpd,
        amounts=claim.amounts,
        daily=daily,
    )
