"""A reminder before the due date goes out only in words that Legal passed."""

from __future__ import annotations

from activities.text_review import judge
from activities.texts import BEFORE_DUE
from domain.events import Actor
from store import deliveries
from store.wording import Judgement
from tests.activities.reminded import Lender, local
from tests.builders.wording import without_pass

DUE = "2026-09-21"  # a Monday; the SMS is due on Monday the 14th


async def test_a_reminder_whose_text_is_not_passed_waits_and_goes_out_after_the_pass(lender: Lender) -> None:
    lender.wording = without_pass(BEFORE_DUE)  # B4.1.1.2b
    lender.work = lender.worker()
    lender.loan("C-1", DUE)
    first = await lender.run("2026-09-14 10:30")
    (waiting,) = [one for one in lender.reminders("C-1") if one.rule == "sms_reminder"]
    with lender.database.reading() as session:
        found = deliveries.find_delivery(session, waiting.key("sms"))
    assert lender.texts() == [] and (waiting.status, waiting.text) == ("claimed", "")
    assert found is not None and (found.status, found.code) == ("released", "text_not_passed")
    assert first.again_at is not None and first.again_at <= local("2026-09-14 11:30")
    with lender.database.session() as session:
        legal = Actor(user="u-fa", role="legal", authority="permission:pass_text")
        verdict = Judgement(passed=True, reason="checked", actor=legal, key="v-1", at=lender.clock.now())
        judge(session, lender.wording, BEFORE_DUE, "1", verdict)
    await lender.run("2026-09-14 11:30")
    (text,) = lender.texts()
    with lender.database.reading() as session:
        sent = deliveries.find_delivery(session, waiting.key("sms"))
    assert sent is not None and (sent.status, sent.texts, sent.wording) == ("sent", (f"{BEFORE_DUE}@1",), text)
