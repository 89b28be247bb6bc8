"""A timeline in the words of the policy: Chinese titles, roles and documents."""

from __future__ import annotations

from domain.base import zone
from domain.before_due import BeforeDue, rules_before_due
from domain.ladder import Ladder, Step
from domain.policy import Policy
from domain.step_rule import Every, StepRule, Trigger
from domain.timeline import Row
from letters.kinds import DocumentKind

EVENTS = {
    "case_opened": "立案 (case opened)",
    "case_reopened": "重新立案 (case reopened)",
    "case_closed": "结案 (case closed)",
    "delinquency_ended": "逾期结束 (delinquency ended)",
    "bucket_entered": "进入逾期等级 (bucket)",
    "hold_placed": "暂停 (hold placed)",
    "hold_ended": "解除暂停 (hold ended)",
    "policy_moved": "移交制度 (moved to another policy)",
    "contact_recorded": "催收记录 (contact recorded)",
    "session_requested": "提请召开临时会议 (extraordinary session requested)",
}
PARTIES = {"lessee": "承租人", "borrower": "借款人", "guarantor": "担保人", "vendor": "出卖人", "system": "系统"}
RECEIVED = {"vendor_written_notice": "出卖人书面通知", "breach_report": "违约情况报告"}  # documents that others write


class Words:
    """Looks up what a policy calls its steps, holds, roles and documents."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.titles = {rule.id: rule.title["zh"] for rule in (*policy.steps, *policy.portfolio)}
        self.holds = {hold.id: hold.title["zh"] for hold in policy.holds}

    def row(self, row: Row, tz: str) -> tuple[str, ...]:
        """date, days past due, what, who, document, rules."""
        moment = row.due_at.astimezone(zone(tz)).strftime("%Y-%m-%d %H:%M")
        dpd = "" if row.dpd is None else str(row.dpd)
        return (moment, dpd, self.what(row), self.who(row.who), self.document(row.document), " ".join(row.rules))

    def what(self, row: Row) -> str:
        """The title of the step and what became of it."""
        name = row.event.partition("(")[0]
        if name in EVENTS:
            subject = (
                self.holds.get(row.step, row.step) if name.startswith("hold") else self.titles.get(row.step, row.step)
            )
            return EVENTS[name] if subject == "-" else f"{EVENTS[name]}: {subject}"
        became = row.event.removeprefix("step_").replace("completed(", "").rstrip(")").replace("_", " ")
        return f"{self.titles.get(row.step, row.step)}: {became}"

    def who(self, who: str) -> str:
        """Roles and parties in Chinese; "guarantor-1/letter" keeps number and channel."""
        return "、".join(self._one(name) for name in who.split("+"))

    def _one(self, name: str) -> str:
        if name in self.policy.roles:
            return self.policy.roles[name].zh
        party, slash, channel = name.partition("/")
        role, dash, number = party.partition("-")
        return PARTIES.get(role, role) + dash + number + slash + channel

    def document(self, kind: str) -> str:
        """The Chinese title of a kind of document."""
        if kind in DocumentKind.__members__:
            return f"《{DocumentKind(kind).title}》"
        return f"《{RECEIVED[kind]}》" if kind in RECEIVED else kind

    def standing_duties(self, ladder: Ladder) -> list[tuple[str, ...]]:
        """What does not belong to one account's days: steps on demand, and the cycles of the portfolio."""
        asked = [self._duty(step, "on demand", _range(step.rule)) for step in ladder.steps if step.rule.on_demand]
        cycles = [self._duty(step, _cycle(step.when), "") for step in ladder.portfolio]
        return [*asked, *cycles]

    def before_due(self, ladder: Ladder) -> list[tuple[str, ...]]:
        """What happens before a due date, the earliest first: D-7 is a calendar day, D-5b a business day."""
        rules = sorted(rules_before_due(ladder.policy, ladder.settings), key=lambda rule: -rule.offsets[0])
        return [self._before(rule) for rule in rules]

    def _before(self, rule: BeforeDue) -> tuple[str, ...]:
        unit = "b" if rule.business else ""
        days = [f"D-{offset}{unit}" for offset in rule.offsets]
        when = days[0] if len(days) == 1 else f"{days[0]}..{days[-1]}"
        document = self.document(rule.rule.send.document) if rule.rule.send else "-"
        who = self.who("+".join(rule.roles or ("system",)))
        return (when, f"{rule.at:%H:%M}", rule.rule.title["zh"], who, document, " ".join(rule.rule.rules))

    def _duty(self, step: Step, when: str, dpd: str) -> tuple[str, ...]:
        rule = step.rule
        asked = step.asked.roles if step.asked else step.receivers or ((rule.file.by,) if rule.file else ("system",))
        named = (
            rule.writes or rule.document or (rule.file and rule.file.document) or (rule.issue and rule.issue.document)
        )
        who = "+".join((*asked, *step.copies))
        return (when, dpd, rule.title["zh"], self.who(who), self.document(named or "-"), " ".join(rule.rules))


def _range(rule: StepRule) -> str:
    days = rule.on_demand.dpd if rule.on_demand else None
    return "" if days is None else f"{days.from_}..{days.to or ''}"


def _cycle(triggers: tuple[Trigger, ...]) -> str:
    for trigger in triggers:
        match trigger.every:
            case Every(weekday=str(day)):
                return f"every {day}"
            case Every(month_end=str(day)):
                return f"month end ({day.replace('_', ' ')})"
            case Every(period=str(period)):
                return f"every {period}"
            case "day":
                return "every day"
            case _:
                return "after " + ", ".join(trigger.after)
    return ""
