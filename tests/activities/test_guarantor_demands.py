"""MB4.2b: the answer of a duty releases one numbered letter to each guarantor, and what arrives is a demand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from activities.correction import WrongLetter, write_correction
from activities.delivery import Delivery
from activities.guarantor_demands import DemandWriter, GuarantorDemands, may_demand
from domain.errors import Refused
from domain.events import Actor
from domain.ledger import PostingKind
from domain.money import ZERO
from letters.glyphs import FontSet
from letters.parts import Signature
from letters.render import Renderer
from store import deliveries, errands, staff
from store.accounts import replace_parties
from store.documents import documents_of, get_pdf
from store.errands import Answer, Errand
from store.ledger import post
from store.limitation import GuaranteeTerm, agree_guarantee, clocks_of
from store.staff import StaffMember
from tests.activities.outside import Outside, outside
from tests.activities.world import DAY, LESSEE, PARTIES, World, at, person, posting, read

KEY = "L-1.collection_2.guarantor_demand.once"
FIRST, SECOND = (f"{KEY}/guarantor-{place}/letter" for place in (1, 2))
TOTAL = "73,403.00"  # rents 72,300.00, costs 260.00, penalty interest 211.50 + 270.00 + 361.50 up to DAY


@pytest.fixture
async def out(tmp_path: Path) -> AsyncIterator[Outside]:
    async with outside(tmp_path / "sent") as found:
        yield found


def demands(world: World, out: Outside) -> GuarantorDemands:
    writer = DemandWriter(Renderer(FontSet.bundled()), world.policies, world.texts)
    relay = Delivery(world.database, writer, out.gateways, world.gate)
    return GuarantorDemands(world.database, world.policies, relay, world.clock)


def answered(world: World, outcome: str = "demanded", account_no: str = "L-1", case: bool = True) -> Errand:
    """The duty of the collection group with its answer at eight o'clock of DAY."""
    errand = Errand(
        id=KEY.replace("L-1", account_no), policy_id="collection_2", rule="guarantor_demand", rules=("MB4.2b",),
        account_no=account_no, due=DAY, occurrence=DAY, kind="task", title="代偿", amount=ZERO,
        roles=("collection_group",), outcomes=("demanded", "not_demanded"), opened_at=at(DAY, 9),
        answer_by=at(DAY, 18), items={"demand": "代偿要求"}, document="guarantor_demand",
    )  # fmt: skip
    if case:
        told = world.story(account_no, date(2026, 1, 31))
        with world.database.session() as session:
            told.save(session)
    with world.database.session() as session:
        errands.open_errand(session, errand)
        given = Answer(outcome=outcome, answers={"demand": "代偿全部逾期款项"})
        return errands.answer(session, errand.id, given, "k-1", "u-zhou", "collection_group", at(DAY, 10))


def agreed(world: World, party: str, joint: bool, until: date | None = None) -> None:
    term = GuaranteeTerm(
        account_no="L-1", party_id=party, joint=joint, until=until, evidence="att-1" if until else None, at=at(DAY, 9),
        actor=Actor(user="u-shen", role="legal_compliance", authority="test"),
    )  # fmt: skip
    with world.database.session() as session:
        agree_guarantee(session, term)


def printed(world: World, number: str) -> str:
    with world.database.reading() as session:
        return read(get_pdf(session, number) or b"")


async def test_each_guarantor_gets_one_letter_with_amount_period_and_a_number_without_gaps(
    world: World, out: Outside
) -> None:
    """The first is liable like the debtor until a day agreed; of the second nothing is: 31 March and six months."""
    with world.database.session() as session:
        staff.add(session, StaffMember(id="u-zhou", login="zhou", name="周敏", password_hash="x", roles=("collector",)))
    agreed(world, "P2", joint=True, until=date(2027, 12, 31))
    answered(world)
    work = demands(world, out)
    assert await work.send() == 2 and await work.send() == 0
    assert out.deliveries() == {FIRST: 1, SECOND: 1}

    with world.database.reading() as session:
        letters = documents_of(session, "L-1-1")
        sent = deliveries.deliveries_of(session, "L-1-1")
    assert [one.number for one in letters] == ["guarantor-demand-2026-00001", "guarantor-demand-2026-00002"]
    assert [(one.target, one.status) for one in sent] == [
        ("guarantor-1/letter", "sent"), ("guarantor-2/letter", "sent"),
    ]  # fmt: skip
    first, second = (printed(world, one.number) for one in letters)
    for said in (
        "履行担保责任通知书", "致：陆文舟地址：江城市一号路1号", "C-L-1", "承租人有2期租金未按约足额支付", "已逾期38天",
        f"合计{TOTAL}", "提供连带责任保证", "保证期间依担保文件约定至2027年12月31日", "2026年3月15日前（含当日）",
        "催收小组：周敏", "日期：2026年3月10日",
    ):  # fmt: skip
        assert said in first, said
    for said in (
        "致：远景担保有限公司地址：江城市二号路2号",
        f"合计{TOTAL}",
        "第六百九十二条至2026年9月30日",
        "先诉抗辩权",
    ):
        assert said in second, said
    assert "陆文舟" not in second and "连带责任" not in second


async def test_a_letter_that_arrived_meets_the_period_of_a_guarantor_who_is_liable_like_the_debtor(
    world: World, out: Outside
) -> None:
    """民法典第693条: of one who is not, the debtor has to be sued."""
    for party, joint in (("P2", True), ("P3", False)):
        agreed(world, party, joint)
    answered(world)
    await demands(world, out).send()
    rules = world.policies.clocks

    def claimed() -> list[date | None]:
        with world.database.reading() as session:
            return [one.claimed for one in clocks_of(session, "L-1", rules, date(2026, 3, 20)).guarantors]

    assert claimed() == [None, None]  # on its way, it demands nothing
    with world.database.session() as session:
        for key in (FIRST, SECOND):
            deliveries.apply_receipt(session, key, "delivered", at(date(2026, 3, 12)))
    assert claimed() == [date(2026, 3, 12), None]


async def test_what_waits_for_the_hours_of_letters_has_the_figures_of_the_day_it_goes(
    world: World, out: Outside
) -> None:
    answered(world)
    work = demands(world, out)
    world.clock.at = at(DAY, 23)
    assert await work.send() == 0
    with world.database.session() as session:
        assert documents_of(session, "L-1-1") == ()  # no number is taken by what does not go out
        post(session, posting("z", PostingKind.PAYMENT, "300.00", date(2026, 3, 11)), "L-1")
    world.clock.at = at(date(2026, 3, 11))
    assert await work.send() == 2
    text = printed(world, "guarantor-demand-2026-00001")
    # 300.00 pay the costs and 40.00 of the oldest rent; the twelfth day of March is not counted yet.
    assert "日期：2026年3月11日" in text and "逾期租金72,260.00" in text and "已逾期39天" in text


async def test_a_guarantor_whose_period_is_over_gets_no_letter_and_somebody_hears_of_it(
    world: World, out: Outside
) -> None:
    agreed(world, "P2", joint=True, until=date(2026, 3, 9))
    answered(world)
    assert await demands(world, out).send() == 1
    assert out.deliveries() == {SECOND: 1}
    with world.database.reading() as session:
        (alert,) = [one for one in staff.pending_alerts(session) if one.key.startswith(KEY)]
        assert (alert.key, alert.role) == (f"{FIRST}/refused", "collection_group")


async def test_a_wrong_letter_is_corrected_by_another_one_to_the_same_guarantor(world: World, out: Outside) -> None:
    answered(world)
    await demands(world, out).send()
    wrong = WrongLetter(
        number="guarantor-demand-2026-00001", id="w-1", wrong="原函所列期限有误。", right="期限应为2026年3月25日。",
        reason="录入有误", actor=person("u-zhou", "collection_group"),
        signatures=(Signature(role="催收小组", name="周敏", signed_on=DAY),), as_of=DAY, at=at(DAY, 15),
    )  # fmt: skip
    with world.database.session() as session:
        found = write_correction(session, Renderer(FontSet.bundled()), world.texts, wrong)
        assert write_correction(session, Renderer(FontSet.bundled()), world.texts, wrong) == found
    assert (found.target, found.seq) == ("guarantor-1/letter", 0)
    text = printed(world, found.correction)
    assert "致：陆文舟" in text and "guarantor-demand-2026-00001" in text


async def test_another_answer_releases_no_letter(world: World, out: Outside) -> None:
    answered(world, "not_demanded")
    assert await demands(world, out).send() == 0 and out.deliveries() == {}


def test_without_a_guarantor_or_a_case_the_answer_is_refused(world: World) -> None:
    given = answered(world, case=False)
    with world.database.session() as session, pytest.raises(Refused) as refused:
        may_demand(session, world.policies, given)
    assert refused.value.code == "nobody_to_demand_from" and "no open case" in refused.value.message
    told = world.story("L-1", date(2026, 1, 31))
    with world.database.session() as session:
        told.save(session)
        may_demand(session, world.policies, given)
        replace_parties(session, "L-1", (LESSEE, PARTIES[3]), at(DAY))
    with world.database.session() as session, pytest.raises(Refused, match="names no guarantor"):
        may_demand(session, world.policies, given)
