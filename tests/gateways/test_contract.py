"""Messages keep their form, keys hold no spaces, and receipts only move a status forward."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, strategies as st
from pydantic import ValidationError

from gateways.contract import EmailRecipient, OutboundMessage, Status, merge_status


def test_a_message_survives_json_with_its_files(letter: OutboundMessage) -> None:
    assert OutboundMessage.model_validate_json(letter.model_dump_json()) == letter


def test_the_channel_follows_from_the_address(
    letter: OutboundMessage, sms: OutboundMessage, mail: OutboundMessage
) -> None:
    assert [message.channel for message in (letter, sms, mail)] == ["letter", "sms", "email"]


@pytest.mark.parametrize("key", ["", "a b", "陆文舟/1", "a\nb", "x" * 201])
def test_keys_are_plain(key: str, sms: OutboundMessage) -> None:
    with pytest.raises(ValidationError):
        OutboundMessage.model_validate({**sms.model_dump(), "key": key})


@pytest.mark.parametrize("address", ["a@b\r\nBcc: c@d", "a b@c", "@x", "a@", "a@b@c", "a,b@c"])
def test_addresses_cannot_smuggle_headers_or_second_recipients(address: str) -> None:
    with pytest.raises(ValidationError):
        EmailRecipient(email=address)


def test_any_order_of_receipts_ends_the_same() -> None:
    for order in permutations([Status.queued, Status.sent, Status.delivered, Status.sent]):
        status = None
        for receipt in order:
            status = merge_status(status, receipt)
        assert status is Status.delivered


def test_a_letter_can_come_back_after_delivery_and_a_failure_can_be_overcome() -> None:
    assert merge_status(Status.delivered, Status.returned) is Status.returned
    assert merge_status(Status.failed, Status.delivered) is Status.delivered
    assert merge_status(Status.returned, Status.delivered) is Status.returned
    assert merge_status(Status.sent, Status.queued) is Status.sent


@given(*[st.sampled_from(list(Status))] * 3)
def test_merging_is_idempotent_commutative_and_associative(a: Status, b: Status, c: Status) -> None:
    assert merge_status(a, a) is a
    assert merge_status(a, b) is merge_status(b, a)
    assert merge_status(merge_status(a, b), c) is merge_status(a, merge_status(b, c))
