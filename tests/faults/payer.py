"""A program that commits a payment and is killed before it can tell anybody: payer.py DATABASE_URL ACCOUNT AMOUNT."""

from __future__ import annotations

import os
import signal
import sys
from datetime import UTC, datetime
from decimal import Decimal

from domain.ledger import Posting, PostingKind
from store.ledger import post
from store.session import Database
from tests.faults.installation import TODAY

if __name__ == "__main__":
    url, account_no, amount = sys.argv[1:]
    paid = Posting(id="R-1", kind=PostingKind.PAYMENT, value_date=TODAY, at=datetime.now(UTC), amount=Decimal(amount))
    with Database(url).session() as session:
        post(session, paid, account_no)
    os.kill(os.getpid(), signal.SIGKILL)
