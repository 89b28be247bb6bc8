"""What a contact or a receipt shows of a number or an address: it is dead, wrong, or the mail came back."""

from __future__ import annotations

from sqlalchemy.orm import Session

from activities.contact_data import Doubt
from api.deps import Deps
from api.quality import contact_data_of
from domain.contact_data import ContactFinding
from domain.events import ContactRecorded
from store import cases
from store.deliveries import Delivery

WRONG: dict[tuple[str, str], ContactFinding] = {
    ("phone", "wrong_number"): "dead_number", ("sms", "wrong_number"): "dead_number",
    ("visit", "wrong_address"): "address_wrong", ("email", "wrong_address"): "returned_email",
}  # fmt: skip
RETURNED: dict[str, ContactFinding] = {"letter": "returned_mail", "email": "returned_email"}


def check_contact(deps: Deps, case_no: str, command_id: str) -> None:
    """Asks about what a contact record found wrong, once; the dialler's own reports ask for themselves."""
    with deps.database.session() as session:
        events = cases.events_of_command(session, command_id).get(case_no, ())
        case = cases.snapshot_of(session, case_no)
        for event in events:
            body = event.body
            if case is None or case.policy is None or event.actor is None or not isinstance(body, ContactRecorded):
                continue
            finding = WRONG.get((body.contact.channel, body.contact.outcome))
            if finding is not None:
                doubt = Doubt(
                    finding=finding, source=f"{case_no}-{event.seq}", account_no=case.account_no,
                    policy_id=case.policy.id, role=event.actor.role,
                )  # fmt: skip
                contact_data_of(deps).found(session, doubt)


def check_returned(deps: Deps, session: Session, delivery: Delivery) -> None:
    """Asks about the address of what came back, once per delivery; of a case, for it names whose it is."""
    who, _, channel = delivery.target.partition("/")
    finding, case = RETURNED.get(channel), cases.snapshot_of(session, delivery.case_no) if delivery.case_no else None
    if delivery.status == "returned" and finding is not None and case is not None and case.policy is not None:
        doubt = Doubt(
            finding=finding, source=delivery.key, account_no=case.account_no, policy_id=case.policy.id, who=who
        )
        contact_data_of(deps).found(session, doubt)
