"""A case as a table that a lawyer reads: date, days past due, what, who, document, rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain import events as e
from domain.base import zone

BOOKKEEPING = (
    e.FactsUpdated, e.LadderReanchored, e.NoteAdded, e.OwnerChanged, e.DocumentPrepared, e.ReceiptReceived,
    e.EndingRevoked, e.PostingsAlerted, e.PostingsOverridden, e.PartStarted, e.PartFinished,
    e.PartTakenBack,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a timeline."""

    due_at: datetime
    at: datetime
    dpd: int | None
    event: str
    step: str
    who: str
    document: str
    rules: tuple[str, ...]

    def columns(self, tz: str) -> tuple[str, ...]:
        """The cells as text, the due time in that zone."""
        local = self.due_at.astimezone(zone(tz)).strftime("%Y-%m-%d %H:%M")
        dpd = "" if self.dpd is None else str(self.dpd)
        return (local, dpd, self.event, self.step, self.who, self.document, " ".join(self.rules))


def timeline(happened: list[e.Event], asked: dict[str, tuple[str, ...]] | None = None) -> list[Row]:
    """The rows of a case, bookkeeping left out."""
    who_was_asked: dict[str, tuple[str, ...]] = dict(asked or {})
    rows: list[Row] = []
    for event in happened:
        if isinstance(event.body, e.StepOpened | e.StepOffered):
            who_was_asked[event.body.step] = shown(event.body)
        if not isinstance(event.body, BOOKKEEPING):
            rows.append(_row(event, who_was_asked))
    return rows


def shown(body: e.StepOpened | e.StepOffered) -> tuple[str, ...]:
    """Whom an opening names: in a sequence only the first."""
    return body.asked[:1] if body.mode == "sequence" else body.asked


def _row(event: e.Event, asked: dict[str, tuple[str, ...]]) -> Row:
    name, step, who, document = _cells(event, asked)
    return Row(event.due_at, event.at, event.dpd, name, step, who, document, event.rules)


def _cells(event: e.Event, asked: dict[str, tuple[str, ...]]) -> tuple[str, str, str, str]:
    body = event.body
    role = event.actor.role if event.actor else "system"
    match body:
        case e.StepOpened() | e.StepOffered():
            return body.kind, body.step, "+".join(shown(body)), body.document or "-"
        case e.StepCompleted():
            return f"step_completed({body.outcome})", body.step, body.role or "system", body.document or "-"
        case e.StepAnswered() | e.TaskStarted() | e.StepReopened():
            return body.kind, body.step, role, "-"
        case e.MessageSent() | e.DeliveryFailed():
            return body.kind, body.step, body.target, body.document.kind if body.document else "-"
        case e.Filed():
            return body.kind, body.step, body.role, body.document or "-"
        case e.StepFrozen() | e.StepResumed():
            return body.kind, body.step, "+".join(asked.get(body.step, ("-",))), "-"
        case e.Escalated() | e.StartMissed():
            return body.kind, body.step, body.to, "-"
        case e.HoldPlaced() | e.HoldEnded():
            return body.kind, body.hold, body.role, "-"
        case e.ReportIssued():
            return body.kind, body.step, "+".join(body.to), body.document.kind
        case e.PolicyMoved():
            return body.kind, f"{body.policy.id}.v{body.policy.version}", role, "-"
        case e.ContactRecorded():
            return body.kind, "-", role, "collection_record"
        case e.AgencyPlaced():
            return body.kind, body.agency.id, role, "-"
        case e.AgencyRecalled():
            return f"{body.kind}({body.reason})", body.agency, role, "-"
        case e.SignatureRequested() | e.AgreementConcluded() | e.PromiseMade() | e.RecoveryPlanSet():
            return body.kind, getattr(body, "step", "-"), role, "-"
        case _:
            return body.kind, _subject(body), "system", "-"


def _subject(body: e.Body) -> str:
    match body:
        case e.BucketEntered():
            return body.bucket
        case e.CaseClosed() | e.DelinquencyEnded():
            return body.reason
        case _:
            return getattr(body, "step", "-")
