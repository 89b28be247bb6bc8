"""Papers for electronic signature by the contract of the gateways; the answer comes back as a signed event."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from gateways.contract import Accepted, GatewayUnavailable, Unknown
from gateways.esign import NoSigning, SignatureEvent, to_be_signed
from gateways.esign_standin import Signers
from gateways.sent_page import masked
from gateways.voice import order
from tests.gateways.conftest import Provider

NOW = datetime(2026, 3, 10, 2, tzinfo=UTC)
PAPER = b"%PDF-1.7\n%%EOF\n"


@pytest.mark.parametrize(
    ("phone", "outcome", "copy"), [("138 0000 0042", "signed", PAPER), ("13800000030", "declined", None)]
)
def test_the_number_says_whether_somebody_signs_and_the_copy_comes_back(
    tmp_path: Path, phone: str, outcome: str, copy: bytes | None
) -> None:
    signers = Signers(tmp_path)
    for _ in range(2):
        signers.ask(to_be_signed("L-1-1/signature/7", phone, "还款协议", PAPER), NOW)
    signers.ask(order("call-1", phone, "8001"), NOW)
    ((number, event),) = signers.receipts_to_post(10)
    assert (event.key, event.outcome, event.signed_copy) == ("L-1-1/signature/7", outcome, copy)
    signers.receipt_posted(number)
    assert signers.receipts_to_post(10) == []


async def test_a_paper_is_handed_over_once_per_key(provider: Provider) -> None:
    message = to_be_signed("L-1-1/signature/7", "13800000042", "还款协议", PAPER)
    first, again = await provider.gateway.send(message), await provider.gateway.send(message)
    assert isinstance(first, Accepted) and first == again
    assert provider.count("L-1-1/signature/7").deliveries == 1
    assert "0000" not in masked(message.recipient)


@pytest.mark.parametrize(("outcome", "copy"), [("signed", None), ("declined", PAPER)])
def test_what_is_signed_has_its_copy_and_nothing_else_has(outcome: str, copy: bytes | None) -> None:
    with pytest.raises(ValidationError, match="copy"):
        SignatureEvent.model_validate(
            {"key": "L-1", "outcome": outcome, "at": NOW, "provider_ref": "p", "signed_copy": copy}
        )


async def test_where_no_provider_is_connected_nothing_is_handed_over() -> None:
    message = to_be_signed("L-1", "13800000042", "还款协议", PAPER)
    with pytest.raises(GatewayUnavailable):
        await NoSigning().send(message)
    assert await NoSigning().ask("L-1") == Unknown()
