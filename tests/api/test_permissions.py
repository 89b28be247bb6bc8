"""The table of permissions, row by row: those above the line come through, those below do not."""

from __future__ import annotations

from typing import get_args

import pytest

from api.permissions import ADMINISTRATOR, AGENCY, AUDITOR, PERMISSIONS, STAFF, THIRD_PARTY, Action, fitting
from api.schemas import StaffCommand
from tests.api.world import World, key

ROLES = (
    "collector", "asset_manager", "head_of_asset_management", "salesperson", "business", "head_of_business",
    "risk_management", "head_of_risk_management", "legal_compliance", "head_of_legal_compliance", "finance",
    "head_of_finance", "review_committee", "general_manager",
)  # fmt: skip
EVERYBODY = (*ROLES, ADMINISTRATOR, AUDITOR, THIRD_PARTY, AGENCY)
COMMANDS: dict[Action, dict[str, object]] = {
    "start_task": {"step": "demand_notice_signature"},
    "answer_step": {"step": "demand_notice_signature", "outcome": "signed"},
    "open_step": {"step": "early_demand"},
    "cast_vote": {"step": "disposal_plan_decision", "outcome": "accepted", "reason": "x"},
    "withdraw_answer": {"step": "litigation_letter_consent", "reason": "x"},
    "confirm_condition": {"step": "suspension_approval", "no": 1},
    "record_contact": {"contact": {}},
    "set_recovery_plan": {"responsible": "u-1", "stages": [{"day": "2026-12-31", "target": "1.00"}]},
    "request_signature": {"step": "repayment_agreement", "document": "att-1", "agreement": {"first_due": "2026-12-31"}},
    "start_part": {"step": "disposal", "part": "appraisal"},
    "finish_part": {"step": "disposal", "part": "appraisal", "note": "x"},
    "end_hold": {"hold": "suspension", "evidence": "att-1"},
    "change_owner": {"owner": "u-1", "reason": "交接"},
    "add_note": {"text": "x"},
    "correct_entry": {"seq": 1, "reason": "x"},
    "override_postings": {},
    "move_policy": {"policy": "credit", "reason": "x"},
    "place_with_agency": {"step": "agency_mandate", "agency": "A-1"},
    "recall_from_agency": {"note": "x"},
}
CALLS: dict[Action, tuple[str, str]] = {
    "see": ("GET", "/cases"),
    "see_errands": ("GET", "/errands"),
    "delegate": ("POST", "/delegations"),
    "see_attempts": ("GET", "/attempts"),
    "see_suspense": ("GET", "/suspense"),
    "handle_suspense": ("POST", "/suspense/returns"),
    "propose_write_off": ("POST", "/write-offs"),
    "decide_write_off": ("POST", "/write-offs/none/verdict"),
    "list_customer": ("POST", "/customers/none/blacklist"),
    "unlist_customer": ("POST", "/customers/none/blacklist/removal"),
    "hold_archive": ("POST", "/archive/legal-holds"),
    "destroy_document": ("POST", "/documents/none/destruction"),
    "import_portfolio": ("POST", "/imports/none/discard"),
    "release_import": ("POST", "/imports/none/release"),
    "import_payments": ("POST", "/imports/payments"),
    "post": ("POST", "/accounts/none/postings"),
    "attach": ("POST", "/attachments"),
    "run_intake": ("POST", "/intake"),
    "assign_policy": ("PUT", "/accounts/none/policy"),
    "answer_errand": ("POST", "/errands/none/answer"),
    "assign_manager": ("PUT", "/accounts/none/manager"),
    "take_case": ("POST", "/queue/none/take"),
    "manage_staff": ("PUT", "/staff/none/profile"),
    "change_preferences": ("PUT", "/parties/none/contact-preferences"),
    "rate": ("POST", "/accounts/none/ratings"),
    "report_warning": ("POST", "/warnings"),
    "mark_customer": ("POST", "/customers/none/marks"),
    "enter_asset": ("POST", "/accounts/none/assets"),
    "dial": ("POST", "/cases/none/steps/none/calls"),
    "add_recording": ("POST", "/recordings"),
    "hear_recording": ("GET", f"/recordings/rec-{'0' * 24}/content"),
    "check_recording": ("PUT", f"/recordings/rec-{'0' * 24}/transcript"),
    "report_violation": ("POST", "/violations"),
    "see_violations": ("GET", "/violations"),
    "export_case": ("GET", "/cases/none/export"),
    "correct_letter": ("POST", "/documents/none/correction"),
    "prove_delivery": ("POST", "/deliveries/proof"),
    "plan_visit": ("POST", "/cases/none/steps/none/visits"),
    "enter_complaint": ("POST", "/complaints"),
    "handle_complaint": ("POST", "/complaints/complaint-2026-1/acts"),
    "see_complaints": ("GET", "/complaints"),
    "enter_survey": ("PUT", "/cases/none/survey"),
    "see_customer_file": ("GET", "/accounts/none/customer-file"),
    "see_figures": ("GET", "/reports/kpi?from=2026-03-01&to=2026-03-31"),
    "open_case": ("POST", "/cases"),
    "manage_agencies": ("PUT", "/agencies/A-1"),
    "check_agency": ("POST", "/agencies/A-1/checks"),
    "see_agencies": ("GET", "/agencies"),
    "see_suits": ("GET", "/suits"),
    "enter_suit": ("POST", "/suits"),
    "handle_suit": ("POST", "/suits/SUIT-2026-000001/acts"),
    "add_evidence": ("POST", "/cases/none/evidence"),
    "hold_meeting": ("POST", "/meetings"),
    "see_meetings": ("GET", "/meetings"),
    "open_duty": ("POST", "/errands"),
    "propose_text": ("POST", "/texts/script.none/versions"),
    "pass_text": ("POST", "/texts/script.none/versions/1/verdict"),
}
BODIES: dict[Action, dict[str, object]] = {
    "handle_suspense": {"receipt_no": "none", "returned": "1.00", "reason": "x"},
    "propose_write_off": {"account_no": "none", "amount": "1.00", "reason": "x", "document": "att-none"},
    "decide_write_off": {"verdict": "refused", "reason": "x"},
    "list_customer": {"reason": "x"},
    "unlist_customer": {"reason": "x"},
    "hold_archive": {"case_no": "none", "reason": "x"},
    "destroy_document": {"reason": "x"},
    "manage_agencies": {
        "name": "x",
        "licence_no": "x",
        "licence_until": "2026-12-31",
        "licence_document": "att-none",
    },
    "enter_suit": {"case_no": "none", "filed_on": "2026-03-10"},
    "handle_suit": {"act": {"do": "close_suit", "note": "x"}},
    "add_evidence": {"kind": "contract", "attachment_id": "att-none"},
    "check_agency": {"kind": "audit", "day": "2026-03-10", "passed": True, "document": "att-none"},
    "hold_meeting": {"kind": "committee", "policy": "leasing", "role": "none", "day": "2026-03-10", "title": "x"},
    "manage_staff": {"branch": "上海"},
    "delegate": {"to_user": "none", "role": "collector", "ends": "2026-03-20T00:00:00+08:00", "reason": "x"},
    "enter_complaint": {"channel": "phone", "text": "深夜来电"},
    "handle_complaint": {"act": {"do": "respond", "by": "phone", "text": "已收到"}},
    "enter_survey": {"score": 5},
    "post": {"kind": "payment", "value_date": "2026-03-10", "amount": "1.00"},
    "change_preferences": {"preferences": {}, "reason": "x"},
    "assign_policy": {"policy": "credit", "reason": "x"},
    "rate": {"category": "loss", "reason": "x"},
    "report_warning": {
        "signals": [{"id": "s", "account_no": "none", "indicator": "income_drop", "observed_on": "2026-03-10"}]
    },
    "mark_customer": {"kind": "new_business", "value": "stopped", "reason": "x"},
    "dial": {"agent": "8001"},
    "add_recording": {"case_no": "none", "seq": 1, "reference": "pbx:1", "sha256": "0" * 64},
    "check_recording": {"lines": [{"speaker": "collector", "text": "x"}]},
    "report_violation": {"kind": "other", "who": "none", "evidence": "none", "text": "x"},
    "open_case": {"account_no": "none", "step": "breach", "since": "2026-03-02", "reason": "x"},
    "open_duty": {
        "account_no": "none",
        "layer": "servicing",
        "duty": "sudden_event",
        "since": "2026-03-02",
        "reason": "x",
    },
    "propose_text": {"body": "x", "note": "x"},
    "pass_text": {"verdict": "passed", "reason": "x"},
    "plan_visit": {"day": "2026-03-10", "team": [{"user": "u-1", "role": "collector"}]},
}


def test_the_table_knows_the_policy_and_every_command(world: World) -> None:
    assert set(ROLES) == set(world.cases.ladder.policy.roles)
    known = {*world.policies.roles, ADMINISTRATOR, AUDITOR, THIRD_PARTY, STAFF}
    assert {role for roles in PERMISSIONS.values() for role in roles} <= known
    bodies = get_args(get_args(StaffCommand)[0])
    assert {body.model_fields["do"].default for body in bodies} == set(COMMANDS)
    assert set(PERMISSIONS) == set(COMMANDS) | set(CALLS)


@pytest.mark.parametrize("action", CALLS)
async def test_calls_are_open_to_the_roles_of_the_table_only(world: World, action: Action) -> None:
    method, path = CALLS[action]
    files = {"file": ("a", b"no file")} if path in ("/attachments", "/imports/payments") else None
    body = BODIES.get(action)
    let_in = set()
    for role in EVERYBODY:
        async with world.client(role) as client:
            answer = await client.request(method, path, json=body, files=files, headers=key("k"))
        if answer.status_code != 403:
            assert answer.status_code < 500, answer.text
            let_in.add(role)
        else:
            assert answer.json()["code"] == "not_entitled"
    permitted = PERMISSIONS[action]
    assert let_in == {role for role in EVERYBODY if role in permitted or (STAFF in permitted and role in ROLES)}


@pytest.mark.parametrize("do", COMMANDS)
async def test_commands_reach_the_case_only_under_a_permitted_role(world: World, do: Action) -> None:
    case_no = await world.case()
    for role in EVERYBODY:
        asked = world.cases.asked
        async with world.client(role) as client:
            body = {"do": do, **COMMANDS[do], "evidence": None} if do == "open_step" else {"do": do, **COMMANDS[do]}
            answer = await client.post(f"/cases/{case_no}/commands", json=body, headers=key(f"{do}-{role}"))
        reached = world.cases.asked > asked or answer.json().get("code") in ("unknown_attachment", "unknown_agency")
        assert reached == bool(fitting(do, [role])), (role, answer.text)
        if not reached:
            assert (answer.status_code, answer.json()["code"]) == (403, "not_entitled")


def test_b4_2_1a_a_junior_sets_no_plan_and_a_senior_does() -> None:
    assert fitting("set_recovery_plan", ["junior_specialist", "senior_specialist"]) == ("senior_specialist",)


def test_administrators_decide_nothing_and_auditors_change_nothing() -> None:
    assert {action for action in PERMISSIONS if fitting(action, [AUDITOR])} == {
        "see", "see_attempts", "see_errands", "see_suits",
            "see_suspense", "see_figures", "hear_recording", "see_violations",
        "see_complaints", "see_customer_file", "see_agencies", "see_meetings", "export_case",
    }  # fmt: skip
    assert not {action for action in COMMANDS if fitting(action, [ADMINISTRATOR])}


def test_a_third_party_answers_what_it_is_asked_and_sees_nothing_else() -> None:  # F2.1
    assert {action for action in PERMISSIONS if fitting(action, [THIRD_PARTY])} == {"see_errands", "answer_errand"}
