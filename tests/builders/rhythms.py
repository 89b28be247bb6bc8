"""A small policy with every word that the leasing regulation does not use: cadences, findings, cells, business days."""

from __future__ import annotations

from domain.ladder import Ladder
from domain.policy_check import load_ladder

POLICY = """
id: rhythms
version: 1
title: {zh: 节奏}
rule_prefix: R
owner: caller
approver: general_manager
calendar: CN
evaluate_at: "09:00"
close_of_business: "18:00"
contact_hours: {from: "08:00", to: "21:00"}
opening: [R1]
contact_rules: [R2]
standing:
  rules: [R1]
  day_count: calendar
  holds: run_on
  allocation: [costs, earlier_penalty, interest, principal, current_penalty]
buckets:
  rules: [R3]
  list: [{id: "1", from: 1, to: 30}, {id: "2", from: 31, to: 60}, {id: "3", from: 61}]
occurrence: {rules: [R4], counts: missed_instalments, most: 3}
roles:
  caller: {zh: 催收员, head: chief}
  chief: {zh: 主管}
  general_manager: {zh: 总经理}
settings:
  signature_days: {type: integer, default: 1}
  task_days: {type: integer, default: 3}
  decision_days: {type: integer, default: 3}
  postings_alert_at: {type: time, default: "11:00"}
  collections_without_effect: {type: integer, default: 3}
  lost_contact_days: {type: integer, default: 30}
  court_amount: {type: money, default: "20000.00"}
steps:
  - id: twice_a_day
    title: {zh: 每日两次}
    rules: [R5]
    cadence: {times: 2, per: business_day, during: {business_days: {from: 1, to: 3}}}
    ask: {what: contact, of: caller}
  - id: twice_a_week
    title: {zh: 每周两次}
    rules: [R6]
    cadence: {times: 2, per: week, during: {bucket: "2"}}
    ask: {what: contact, of: caller}
  - id: every_few_days
    title: {zh: 五至七天}
    rules: [R7]
    cadence: {every_days: {earliest: 5, latest: 7}, during: {bucket: "3"}}
    ask: {what: contact, of: caller}
  - id: visit
    title: {zh: 上门}
    rules: [R8]
    when: [{business_day: 4}]
    ask: {what: visit, of: caller, people: 2, team: [caller, chief]}
  - id: summons
    title: {zh: 约谈}
    rules: [R9]
    when: [{cell: {bucket: ["2", "3"], occurrence: 2}}]
    ask: {what: task, of: caller}
  - id: legal
    title: {zh: 是否起诉}
    rules: [R10]
    when: [{dpd: 61, finding: no_effect}, {finding: refuses}, {finding: lost_contact}]
    ask: {what: decision, of: chief, outcomes: [sue, wait]}
  - id: claim
    title: {zh: 起诉}
    rules: [R11]
    when: [{after: {legal: sue}}]
    if: [{overdue_above: court_amount}]
    ask: {what: task, of: chief}
  - id: lawsuit_decision
    title: {zh: 到期决定}
    rules: [R12]
    when: [{dpd: 60, lead: 3}]
    ask: {what: decision, of: chief, outcomes: [sue, no], within: {dpd: 60}}
closing:
  cured: {rules: [R1]}
  bought_back: {rules: [R1]}
"""
COMPANY = """
id: demo
version: 1
name: {zh: 示范}
address: 上海
phone: "1"
bank_account: {name: a, bank: b, number: "1"}
policies:
  rhythms: {approved: {by: general_manager, on: 2026-01-05}}
"""


def rhythms(*changes: tuple[str, str]) -> Ladder:
    """The small policy; each change replaces a piece of its text."""
    text = POLICY
    for old, new in changes:
        if old not in text:
            raise ValueError(f"{old!r} stands nowhere")
        text = text.replace(old, new)
    return load_ladder(text, "rhythms.yaml", COMPANY, "company.yaml")
