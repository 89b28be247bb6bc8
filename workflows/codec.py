"""What the engine keeps of us is compressed and encrypted: its operators see when something happens, not to whom."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from hashlib import sha256
from secrets import token_bytes

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec

SEALED = b"binary/sealed"
NONCE = 12  # bytes, as AES-GCM wants them
FAST = 1  # of zlib: the texts are short and alike


class Codec(PayloadCodec):
    """Seals payloads with the first key and opens those of any key; what was never sealed passes as it is.

    keys: secrets of any length, the present one first; each becomes a key of 256 bits. Raises KeyError for a payload
    that none of them sealed, `cryptography.exceptions.InvalidTag` for one that was changed.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys:
            raise ValueError("a codec needs a key")
        self._boxes = {_name(key): AESGCM(sha256(key).digest()) for key in keys}
        self._present = _name(keys[0])

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Each payload sealed."""
        return [self._seal(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Each payload as it was before."""
        return [self._open(payload) for payload in payloads]

    def _seal(self, payload: Payload) -> Payload:
        nonce = token_bytes(NONCE)
        text = zlib.compress(payload.SerializeToString(), FAST)
        sealed = nonce + self._boxes[self._present].encrypt(nonce, text, SEALED)
        return Payload(metadata={"encoding": SEALED, "key": self._present}, data=sealed)

    def _open(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != SEALED:
            return payload
        box = self._boxes[payload.metadata["key"]]
        text = box.decrypt(payload.data[:NONCE], payload.data[NONCE:], SEALED)
        return Payload.FromString(zlib.decompress(text))


def _name(key: bytes) -> bytes:
    """How a payload says which key sealed it; nothing of the key can be told from it."""
    return sha256(b"name of " + key).hexdigest()[:12].encode()
