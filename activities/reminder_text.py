"""Words a reminder before the due date by the version of its text that is in use."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from typing import Final

from sqlalchemy.orm import Session

from activities.content.brief import Due, reminder_values
from activities.texts import BEFORE_DUE, Text, TextNotPassed, Texts
from domain.policy import Company
from store.accounts import get_account
from store.reminders import Reminder

SUBJECT: Final = "还款提醒"


def worded(
    session: Session, texts: Texts, company: Company, reminder: Reminder, at: datetime, others: Iterable[Due] = ()
) -> tuple[Reminder, tuple[str, ...]]:
    """The reminder with its text, and the versions used; without a text while Legal has passed none (B4.1.1.2b).

    others: instalments of the same person that it names too.
    """
    account = get_account(session, reminder.account_no)
    own = Due(account.contract_no, reminder.amount, account.currency)
    values = reminder_values(company, (own, *others), reminder.due)
    used: list[Text] = []
    with suppress(TextNotPassed):
        used += texts.needed(session, [BEFORE_DUE]).values()
    texts.keep(session, used, at)
    text = "".join(texts.message(one).written(values) for one in used)
    said = reminder.model_copy(update={"text": text, "sha256": sha256(text.encode()).hexdigest()})
    return said, tuple(one.label for one in used)
