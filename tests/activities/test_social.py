"""A social medium is a channel like any other: who has an account there is written to there, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from activities.content.outward import NoLetter, address_of
from activities.delivery import Delivery
from activities.registry import Policies
from gateways.contract import SocialRecipient
from letters.render import Renderer
from store.accounts import replace_parties
from store.session import Database
from tests.activities.five_loans import BORROWER, FiveLoans
from tests.activities.outside import outside
from tests.activities.world import DAY, LESSEE, World, at

OPENID = "oGZUI0egBJY1zhBYw2KhdUfwVJJE"


async def test_a_social_account_is_an_address_like_any_other(world: World, tmp_path: Path) -> None:
    """O3.2: a message reaches who is only met in a social medium, once under its key."""
    with world.database.session() as session:
        replace_parties(session, "L-1", (LESSEE.model_copy(update={"social": OPENID}),), at(DAY))
    request = world.dispatch("demand_notice", "lessee/social", signed_by="head_of_asset_management")
    async with outside(tmp_path / "sent") as out:
        delivery = Delivery(world.database, world.writer, out.gateways, world.gate)
        for _ in range(2):
            assert (await delivery.dispatch_document(request)).status == "sent"
        (taken,) = out.store.newest(5)
    assert taken.files == ("rent-demand-notice-2026-00001.pdf",)
    assert (taken.channel, SocialRecipient.model_validate_json(taken.recipient).account) == ("social", OPENID)
    assert out.deliveries() == {request.key: 1}


async def test_a_reminder_there_is_a_short_text_without_a_paper(
    tmp_path: Path, renderer: Renderer, policies: Policies
) -> None:
    """What is said in a few words carries no PDF, there as by SMS; a letter there is one."""
    database = Database(f"sqlite:///{tmp_path / 'five.db'}")
    database.migrate()
    book = FiveLoans(database, renderer, policies)
    book.loans(("U-1",), parties=(BORROWER.model_copy(update={"social": OPENID}),))
    async with outside(tmp_path / "sent") as out:
        await book.delivery(out).dispatch_document(book.dispatch("U-1", by="social"))
        (taken,) = out.store.newest(5)
    database.close()
    assert (taken.channel, taken.files) == ("social", ())
    assert "合同编号C-U-1项下" in taken.text


@pytest.mark.parametrize(("social", "code"), [(None, "no_address"), ("张 三", "bad_address")])
def test_who_has_no_usable_social_account_gets_no_social_message(social: str | None, code: str) -> None:
    with pytest.raises(NoLetter) as refused:
        address_of(LESSEE.model_copy(update={"social": social}), "social")
    assert refused.value.code == code
    assert social is None or social not in str(refused.value)
