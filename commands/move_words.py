"""A move between policies as a table: what is done now, what later, what never again, in the words of both policies."""

from __future__ import annotations

from commands.output import say, table
from commands.words import Words
from domain.move_preview import MoveLine, MovePreview
from domain.policy import Policy

WHEN = {"now": "现在 now", "later": "以后 later", "never": "不再 never again"}
KINDS = {
    "step_opened": "opened", "step_offered": "offered", "step_blocked": "waits", "message_sent": "sent",
    "filed": "filed", "step_not_done": "listed, not done", "report_issued": "issued", "run_finished": "done",
}  # fmt: skip


def show_preview(found: MovePreview, before: Policy, after: Policy) -> None:
    """One case before and after."""
    say(heading(found))
    rows = [move_row(line, Words(before), Words(after)) for line in found.lines]
    table(("when", "date", "what", "who", "document", "why"), rows)


def heading(found: MovePreview) -> str:
    """Where the case stands and where it would stand."""
    said = (
        f"{found.case_no}: {found.from_policy} {found.bucket_before or '-'} -> {found.to_policy} "
        f"{found.bucket_after or '-'}, {found.dpd} days past due"
    )
    return f"{said}; it would end at once: {found.ends}" if found.ends else said


def move_row(line: MoveLine, before: Words, after: Words) -> tuple[str, ...]:
    """when, date, what, who, document, why."""
    words = before if line.when == "never" and line.kind != "step_not_done" else after
    what = f"{words.titles.get(line.step, line.step)}: {KINDS.get(line.kind, line.kind)}"
    who = "、".join(words.titles.get(name, words.who(name)) for name in line.who)
    document = words.document(line.document) if line.document else "-"
    return WHEN[line.when], line.on.isoformat(), what, who, document, line.why
