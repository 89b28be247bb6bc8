"""Who may do what: one table from action to roles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

ADMINISTRATOR: Final = "administrator"  # runs the installation, decides nothing in a case
AUDITOR: Final = "auditor"  # reads everything, changes nothing
STAFF: Final = "*"  # every role of every policy in use; a case takes only those of its own

Action = Literal[
    "see",
    "see_suspense",
    "import_portfolio",
    "release_import",
    "import_payments",
    "post",
    "attach",
    "start_task",
    "answer_step",
    "open_step",
    "record_contact",
    "change_preferences",
    "end_hold",
    "change_owner",
    "move_policy",
    "assign_policy",
    "add_note",
    "correct_entry",
    "override_postings",
    "run_intake",
    "answer_errand",
    "assign_manager",
    "rate",
    "see_figures",
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

PERMISSIONS: Final[dict[Action, tuple[str, ...]]] = {
    # What anybody who works here reads.
    "see": (STAFF, ADMINISTRATOR, AUDITOR),
    "see_suspense": (*_FINANCE, *_ASSETS, ADMINISTRATOR, AUDITOR),
    # Accounts and money.
    "import_portfolio": (*_ASSETS, ADMINISTRATOR),
    "release_import": ("head_of_asset_management", ADMINISTRATOR),
    "import_payments": (*_FINANCE, ADMINISTRATOR),
    "post": _FINANCE,
    # Commands in a case. Where the table says STAFF, the policy decides which role a step or hold asks (L1.a).
    "start_task": (STAFF,),
    "answer_step": (STAFF,),
    "open_step": (STAFF,),
    "end_hold": (STAFF,),
    "move_policy": (STAFF,),  # the owner of the case's policy and their head
    "assign_policy": (STAFF,),  # the owner of the account's policy and their head
    "correct_entry": (STAFF,),
    "add_note": (STAFF,),
    "attach": (STAFF,),
    "record_contact": ("collector", *_ASSETS, "salesperson", "business", *_COLLECTORS, *_LEADERS),
    "change_owner": ("head_of_asset_management", "asset_manager", *_LEADERS),
    "override_postings": ("head_of_asset_management", "head_of_finance", *_LEADERS),
    # A category worse than the rules give, by those who judge risk.
    "rate": _RISK,
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
    # Standing work.
    "run_intake": (*_ASSETS, ADMINISTRATOR),
    # Before the due date. Where the table says STAFF, the errand says whom it asks.
    "answer_errand": (STAFF,),
    "assign_manager": (*_ASSETS, ADMINISTRATOR),
}


def fitting(action: Action, roles: Iterable[str]) -> tuple[str, ...]:
    """Those of a person's roles under which the action is permitted."""
    permitted = PERMISSIONS[action]
    everyone = STAFF in permitted
    return tuple(r for r in roles if r in permitted or (everyone and r not in (ADMINISTRATOR, AUDITOR)))
