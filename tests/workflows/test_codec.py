"""What leaves for the engine is sealed, comes back whole, and is refused when it was changed."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given, strategies as st
from temporalio.api.common.v1 import Payload

from workflows.codec import Codec

OLD, NEW = b"the key of last year", b"the key of this year"


def plain(text: bytes) -> Payload:
    return Payload(metadata={"encoding": b"json/plain"}, data=text)


async def sealed(text: bytes, *keys: bytes) -> Payload:
    (payload,) = await Codec(keys or (NEW,)).encode([plain(text)])
    return payload


@given(text=st.binary(max_size=3000))
async def test_what_was_sealed_comes_back_whole(text: bytes) -> None:
    codec = Codec((NEW,))
    assert await codec.decode(await codec.encode([plain(text), plain(b"")])) == [plain(text), plain(b"")]


async def test_nothing_of_the_text_can_be_read() -> None:
    payload = await sealed(b"customer 4711 refuses to pay" * 20)
    assert b"4711" not in payload.SerializeToString()
    assert len(payload.data) < 200


async def test_the_same_text_never_looks_the_same() -> None:
    assert (await sealed(b"a")).data != (await sealed(b"a")).data


async def test_an_earlier_key_still_opens_what_it_sealed() -> None:
    payload = await sealed(b"text", OLD)
    assert await Codec((NEW, OLD)).decode([payload]) == [plain(b"text")]
    with pytest.raises(KeyError):
        await Codec((NEW,)).decode([payload])


async def test_a_changed_payload_is_refused() -> None:
    payload = await sealed(b"text")
    payload.data = payload.data[:-1] + bytes([payload.data[-1] ^ 1])
    with pytest.raises(InvalidTag):
        await Codec((NEW,)).decode([payload])


async def test_what_was_never_sealed_passes() -> None:
    assert await Codec((NEW,)).decode([plain(b"from before")]) == [plain(b"from before")]


def test_there_is_no_codec_without_a_key() -> None:
    with pytest.raises(ValueError, match="needs a key"):
        Codec(())
