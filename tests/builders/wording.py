"""The texts that come with the product, read once; and texts of which some, or all, are not passed."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from activities.texts import Texts
from settings import ROOT

FOLDER = ROOT / "texts"


@lru_cache
def shipped_texts(own_pass: bool = False) -> Texts:
    """As they are shipped; own_pass: the passes that came with them do not count."""
    return Texts.read(FOLDER, own_pass)


def without_pass(*names: str) -> Texts:
    """These texts came without a pass."""
    texts = shipped_texts()
    unlisted = {name: texts.shipped[name].model_copy(update={"passed_with": None}) for name in names}
    return replace(texts, shipped={**texts.shipped, **unlisted})
