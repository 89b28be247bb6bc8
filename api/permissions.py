"""Who may do what: one table from action to roles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

ADMINISTRATOR: Final = "administrator"  # runs the installation, decides nothing in a case
AUDITOR: Final = "auditor"  # reads everything, changes nothing
AGENCY: Final = "agency"  # of a collection agency: sees what is placed with it, through /agency only (B2.3.2.1)
THIRD_PARTY: Final = "third_party"  # takes part from outside: answers what it is asked and sees nothing else (F2.1)
NO_STAFF: Final = (ADMINISTRATOR, AUDITOR, THIRD_PARTY, AGENCY)
STAFF: Final = "*"  # every role of every policy in use; a case takes only those of its own

Action = Literal[
    "see",
    "see_errands",
    "see_suspense",
    "handle_suspense",
    "propose_write_off",
    "decide_write_off",
    "import_portfolio",
    "release_import",
    "import_payments",
    "post",
    "attach",
    "start_task",
    "answer_step",
    "cast_vote",
    "withdraw_answer",
    "confirm_condition",
    "delegate",
    "see_attempts",
    "open_step",
    "open_case",
    "open_duty",
    "record_contact",
    "set_recovery_plan",
    "start_part",
    "finish_part",
    "request_signature",
    "change_preferences",
    "end_hold",
    "change_owner",
    "take_case",
    "manage_staff",
    "move_policy",
    "assign_policy",
    "add_note",
    "correct_entry",
    "override_postings",
    "run_intake",
    "answer_errand",
    "assign_manager",
    "rate",
    "report_warning",
    "mark_customer",
    "list_customer",
    "unlist_customer",
    "hold_archive",
    "destroy_document",
    "see_figures",
    "enter_complaint",
    "handle_complaint",
    "see_complaints",
    "place_with_agency",
    "recall_from_agency",
    "manage_agencies",
    "check_agency",
    "see_agencies",
    "hold_meeting",
    "see_meetings",
    "enter_suit",
    "handle_suit",
    "see_suits",
    "add_evidence",
    "enter_survey",
    "enter_asset",
    "see_customer_file",
    "export_case",
    "correct_letter",
    "prove_delivery",
    "propose_text",
    "pass_text",
    "dial",
    "add_recording",
    "hear_recording",
    "check_recording",
    "report_violation",
    "see_violations",
    "plan_visit",
]

_ASSETS = ("asset_manager", "head_of_asset_management")
_RISK = (
    "risk_management", "head_of_risk_management", "risk_officer", "head_of_risk_control", "risk_specialist",
    "general_manager",
)  # fmt: skip
_LEGAL = ("legal_compliance", "head_of_legal_compliance", "legal", "head_of_legal")
_FINANCE = ("finance", "head_of_finance")

# Those who collect under one of the other policies, and those who lead them.
_COLLECTORS = (
    "risk_officer", "business_manager", "junior_specialist", "senior_specialist", "credit_department",
    "dedicated_person", "recovery_group", "collection_team", "assigned_person",
)  # fmt: skip
_LEADERS = (
    "head_of_risk_control", "team_leader", "collection_supervisor", "head_of_credit", "head_of_collection",
    "head_of_recovery_group", "supervisor",
)  # fmt: skip

_CONTACTS = ("collector", *_ASSETS, "salesperson", "business", *_COLLECTORS, *_LEADERS)
_SUPERVISORS = (*_LEADERS, "head_of_asset_management", *_RISK, *_LEGAL)  # those who judge how others collect

PERMISSIONS: Final[dict[Action, tuple[str, ...]]] = {
    # What anybody who works here reads.
    "see": (STAFF, ADMINISTRATOR, AUDITOR),
    "see_suspense": (*_FINANCE, *_ASSETS, ADMINISTRATOR, AUDITOR),
    # Accounts and money.
    "import_portfolio": (*_ASSETS, ADMINISTRATOR),
    "release_import": ("head_of_asset_management", ADMINISTRATOR),
    "import_payments": (*_FINANCE, ADMINISTRATOR),
    "post": _FINANCE,
    "handle_suspense": _FINANCE,
    "propose_write_off": _FINANCE,
    "decide_write_off": ("head_of_finance", "general_manager", "management_group"),
    # Commands in a case. Where the table says STAFF, the policy decides which role a step or hold asks (L1.a).
    "start_task": (STAFF,),
    "answer_step": (STAFF,),
    "cast_vote": (STAFF,),
    "withdraw_answer": (STAFF,),
    "confirm_condition": (STAFF,),
    "delegate": (STAFF,),  # a role of their own; those who may manage_staff, also those of others
    "see_attempts": (AUDITOR,),
    "open_step": (STAFF,),
    "open_case": (STAFF,),
    "open_duty": (STAFF,),  # the layer decides which role may open which duty
    "end_hold": (STAFF,),
    "move_policy": (STAFF,),  # the owner of the case's policy and their head
    "assign_policy": (STAFF,),  # the owner of the account's policy and their head
    "correct_entry": (STAFF,),
    "add_note": (STAFF,),
    "attach": (STAFF,),
    "record_contact": _CONTACTS,
    "request_signature": (STAFF,),
    "start_part": (STAFF,),
    "finish_part": (STAFF,),
    # A plan is no reminder: the junior passes the wish for one on (B4.2.1a, B2.2.1.1b).
    "set_recovery_plan": (*_ASSETS, *(role for role in _COLLECTORS if role != "junior_specialist"), *_LEADERS, *_RISK),
    # Calls and their recordings; whoever is recorded hears their own, and nobody judges their own.
    "dial": _CONTACTS,
    "add_recording": (*_CONTACTS, ADMINISTRATOR),
    "hear_recording": (*_SUPERVISORS, AUDITOR),
    "check_recording": _SUPERVISORS,
    "report_violation": _SUPERVISORS,
    "see_violations": (*_SUPERVISORS, AUDITOR),
    # The policy says who plans a visit, who is sent and who names a substitute.
    "plan_visit": (STAFF,),
    "change_owner": ("head_of_asset_management", "asset_manager", *_LEADERS),
    "take_case": (STAFF,),  # the role that the policy wants for it
    "manage_staff": ("head_of_asset_management", *_LEADERS, ADMINISTRATOR),
    "override_postings": ("head_of_asset_management", "head_of_finance", *_LEADERS),
    # A category worse than the rules give, by those who judge risk.
    "rate": _RISK,
    # What anybody here has seen; what is laid down for a customer, by those who judge risk or decide measures.
    "report_warning": (STAFF,),
    "mark_customer": (*_RISK, "operations_management", "head_of_operations", "head_of_collection", "head_of_credit"),
    # The blacklist is confirmed by Risk; its head takes somebody off it.
    "list_customer": _RISK,
    "unlist_customer": ("head_of_risk_management", "head_of_risk_control", "general_manager"),
    # Nothing is destroyed that Legal holds; its head destroys what need no longer be kept.
    "hold_archive": _LEGAL,
    "destroy_document": ("head_of_legal_compliance", "head_of_legal", "general_manager"),
    # Key figures tell how people work: those who lead and judge, not those who are measured.
    "see_figures": (
        *_RISK,
        *_LEADERS,
        "management_group",
        "recovery_group",
        "head_of_asset_management",
        "head_of_business",
        "head_of_finance",
        ADMINISTRATOR,
        AUDITOR,
    ),
    # How a person wants to be contacted, over all their accounts; to permit more than before needs a document.
    "change_preferences": ("collector", *_ASSETS, *_LEADERS, *_LEGAL),
    # What is said and written to people: proposed by those who collect or watch over it, passed by Legal (B4.1.1.2b).
    "propose_text": ("collector", *_ASSETS, *_COLLECTORS, *_LEADERS, *_LEGAL),
    "pass_text": _LEGAL,
    # A complaint is taken by whoever hears it; who handles it is said by the policy (complaint_chain).
    "enter_complaint": (STAFF, ADMINISTRATOR),
    "handle_complaint": (*_LEADERS, *_RISK, *_LEGAL),
    "see_complaints": (*_LEADERS, *_RISK, *_LEGAL, AUDITOR),
    # Agencies: the policy says who places and recalls; the register is kept by those who lead, checked by others too.
    "place_with_agency": (STAFF,),
    "recall_from_agency": (STAFF,),
    "manage_agencies": (*_LEADERS, ADMINISTRATOR),
    "check_agency": (*_LEADERS, *_RISK, *_LEGAL),
    "see_agencies": (*_LEADERS, *_RISK, *_LEGAL, ADMINISTRATOR, AUDITOR),
    # A meeting is entered by anybody who takes part; what it decides acts under a role of who enters the decision.
    "hold_meeting": (STAFF,),
    "see_meetings": (STAFF, AUDITOR),
    # A suit is handled by those whose task the filing was, and by their heads; the suit says who that is.
    "enter_suit": (*_LEGAL, *_LEADERS, "recovery_group"),
    "handle_suit": (STAFF,),
    "see_suits": (STAFF, ADMINISTRATOR, AUDITOR),
    "add_evidence": (STAFF,),
    # What secures a claim: those who look after the assets and the file, and those who lend.
    "enter_asset": (*_ASSETS, *_LEGAL, "business", "head_of_business", *_COLLECTORS, *_LEADERS),
    "enter_survey": ("collector", *_ASSETS, *_COLLECTORS, *_LEADERS),
    # The complete file of a customer names people and their addresses: those who collect, lead and audit.
    "see_customer_file": ("collector", *_ASSETS, *_COLLECTORS, *_LEADERS, *_LEGAL, AUDITOR),
    # Everything about one case in one archive.
    "export_case": (AUDITOR,),
    # What became of letters: proof that they arrived, and the letter that corrects a wrong one.
    "correct_letter": (*_LEGAL, *_LEADERS, "head_of_asset_management"),
    "prove_delivery": ("collector", *_ASSETS, *_COLLECTORS, *_LEADERS, *_LEGAL),
    # Standing work.
    "run_intake": (*_ASSETS, ADMINISTRATOR),
    # Before the due date. Where the table says STAFF, the errand says whom it asks.
    "see_errands": (STAFF, ADMINISTRATOR, AUDITOR, THIRD_PARTY),
    "answer_errand": (STAFF, THIRD_PARTY),
    "assign_manager": (*_ASSETS, ADMINISTRATOR),
}


def fitting(action: Action, roles: Iterable[str]) -> tuple[str, ...]:
    """Those of a person's roles under which the action is permitted."""
    permitted = PERMISSIONS[action]
    everyone = STAFF in permitted
    return tuple(r for r in roles if r in permitted or (everyone and r not in NO_STAFF))
