"""Letters: figures, addressee, signature, and one number whatever happens."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from activities.content.outward import NoLetter
from activities.contents import StoredDocument
from activities.messages import DispatchRequest
from domain import events as e
from domain.ledger import PostingKind
from gateways.contract import EmailRecipient, LetterRecipient
from letters.glyphs import MissingGlyphs
from store.accounts import replace_parties
from store.deliveries import Claim, claim, set_result
from store.documents import documents_of
from store.ledger import post
from tests.activities.world import DAY, LESSEE, PARTIES, World, at, person, posting, read


def written(world: World, request: DispatchRequest) -> StoredDocument:
    with world.database.session() as session:
        return world.writer.letter(session, request)


# 42,300.00 at 0.05 % for 10 days, 30,000.00 (and later 72,300.00) after the payment of 12,300.00; costs 260.00 come
# first in the order of allocation, but were charged later than the payment.
PENALTY = sum((
    Decimal("42300.00") * Decimal("0.0005") * 10,
    Decimal("30000.00") * Decimal("0.0005") * 18,
    Decimal("72300.00") * Decimal("0.0005") * 10,
))  # fmt: skip
TOTAL = Decimal("72300.00") + Decimal("260.00") + PENALTY


def test_a_demand_notice_states_claim_deadline_account_and_the_signature(world: World) -> None:
    told = world.story("L-1", date(2026, 1, 31))
    told.done(DAY, "demand_notice_signature", "signed", person("u-gu", "head_of_asset_management"))
    with world.database.session() as session:
        told.save(session)
    letter = written(world, world.dispatch("demand_notice", "lessee/letter", signed_by="head_of_asset_management"))
    text = read(letter.pdf)

    for said in (
        "租金催收通知书", letter.ref.number, "致：江城恒通机械制造有限公司地址：江城市高新区兴业路88号",
        "12026年1月31日42,300.0012,300.0030,000.0038", "22026年2月28日42,300.000.0042,300.0010",
        "逾期租金72,300.00", "已发生费用260.00", f"合计{TOTAL:,.2f}", "38天", "有2期租金",
        "垫付租金人民币20,000.00元", "2026年3月15日前（含当日）", "示范银行上海分行", "310000000000000001",
        "数控立式加工中心VMC-850两台", "资产管理部负责人：顾明远", "日期：2026年3月10日",
    ):  # fmt: skip
        assert said in text, said
    assert letter.ref.as_of == DAY and letter.ref.number == "rent-demand-notice-2026-00001"
    assert letter.recipient == LetterRecipient(name=LESSEE.name, address=LESSEE.address or "")
    assert letter.ref.number in letter.subject and "C-L-1" in letter.text


def test_letter_and_email_to_the_lessee_carry_the_same_document(world: World) -> None:
    first = written(world, world.dispatch("demand_notice", "lessee/letter"))
    again = written(world, world.dispatch("demand_notice", "lessee/letter"))
    email = written(world, world.dispatch("demand_notice", "lessee/email"))

    assert first == again
    assert (email.ref, email.pdf) == (first.ref, first.pdf)
    assert email.recipient == EmailRecipient(name=LESSEE.name, email="finance@lessee.example")


def test_new_figures_before_anything_went_out_get_a_number_of_their_own(world: World) -> None:
    first = written(world, world.dispatch("demand_notice", "lessee/letter"))
    with world.database.session() as session:
        post(session, posting("x", PostingKind.PAYMENT, "1000.00", DAY), "L-1")
    second = written(world, world.dispatch("demand_notice", "lessee/letter"))

    assert (first.ref.number[-5:], second.ref.number[-5:]) == ("00001", "00002")
    # The payment goes first to the costs, then to the oldest rent.
    assert "逾期租金71,560.00" in read(second.pdf)
    assert "已发生费用0.00" in read(second.pdf)


def test_what_went_out_by_letter_goes_out_by_email_unchanged(world: World) -> None:
    request = world.dispatch("demand_notice", "lessee/letter")
    first = written(world, request)
    with world.database.session() as session:
        wanted = Claim(
            key=request.key, case_no="L-1-1", account_no="L-1", step="demand_notice", target="lessee/letter",
            document=first.ref, ledger_version=request.ledger_version, at=at(DAY),
        )  # fmt: skip
        claim(session, wanted)
        set_result(session, request.key, "sent", at(DAY), provider_ref="r-1")
        post(session, posting("x", PostingKind.PAYMENT, "1000.00", DAY), "L-1")
    email = written(world, world.dispatch("demand_notice", "lessee/email"))
    assert (email.ref, email.pdf) == (first.ref, first.pdf)


def test_a_rolled_back_letter_leaves_no_gap(world: World) -> None:
    with pytest.raises(RuntimeError), world.database.session() as session:
        world.writer.letter(session, world.dispatch("guarantor_notice", "guarantor-1/letter"))
        raise RuntimeError("the caller gives up")
    one = written(world, world.dispatch("guarantor_notice", "guarantor-1/letter"))
    two = written(world, world.dispatch("guarantor_notice", "guarantor-2/letter"))
    again = written(world, world.dispatch("guarantor_notice", "guarantor-1/letter", occurrence=2))
    numbers = [letter.ref.number[-5:] for letter in (one, two, again)]

    assert numbers == ["00001", "00002", "00003"]
    assert "致：陆文舟地址：江城市一号路1号" in read(one.pdf)
    assert "致：远景担保有限公司地址：江城市二号路2号" in read(two.pdf)
    for letter in (one, two):
        assert "经办部门：法律合规部" in read(letter.pdf)


@pytest.mark.parametrize(
    ("step", "release", "title"),
    [
        ("litigation_letter", "litigation_letter_release", "诉讼律师函"),
        ("rent_collection_letter", "rent_collection_letter_release", "租金催收律师函"),
    ],
)
def test_lawyers_letters_are_signed_by_who_released_them(world: World, step: str, release: str, title: str) -> None:
    told = world.story("L-1", date(2026, 1, 31))
    told.done(date(2026, 3, 9), release, "released", person("u-shen", "legal_compliance"))
    with world.database.session() as session:
        told.save(session)
    text = read(written(world, world.dispatch(step, "lessee/letter")).pdf)
    assert title in text and "法律合规部：沈律" in text
    assert "日期：2026年3月10日" in text  # figures and date of the day it goes out


@pytest.mark.parametrize(
    ("day", "planned", "silent"),
    [
        (
            DAY,
            ("发送律师函", "书面通知第三方担保人", "准备诉讼材料", "（四）制定资产处置预案"),
            ("执行资产处置", "提起诉讼"),
        ),
        (date(2026, 3, 20), ("（一）执行资产处置方案",), ("提起诉讼", "律师函", "（二）")),
    ],
)
def test_a_vendor_hears_what_it_may_object_to_and_until_when(
    world: World, day: date, planned: tuple[str, ...], silent: tuple[str, ...]
) -> None:
    text = read(written(world, world.dispatch("vendor_notice", "vendor/letter", as_of=day)).pdf)
    measures = text.split("我司拟采取的措施")[-1].split("贵方的书面意见")[0]
    assert "致：大华设备有限公司" in text and f"2026年3月{day.day + 5}日前（含当日）" in text
    assert all(said in measures for said in planned)
    assert not any(said in measures for said in silent)


def test_a_vendor_reads_what_performance_of_the_buyback_costs(world: World) -> None:
    text = read(written(world, world.dispatch("buyback_letter", "vendor/letter")).pdf)
    for said in ("要求履行回购担保责任的通知函", "到期未付租金", "未到期租金", "回购价款大写"):
        assert said in text


def test_costs_alone_can_keep_an_account_overdue(world: World) -> None:
    with world.database.session() as session:
        post(session, posting("x", PostingKind.PAYMENT, "42300.00", date(2026, 3, 5)), "L-2")
        post(session, posting("y", PostingKind.COST, "300.00", date(2026, 3, 6)), "L-2")
    request = world.dispatch("demand_notice", "lessee/letter", case_no="L-2-1", account_no="L-2")
    text = read(written(world, request).pdf)
    assert "应付款项（含已发生费用或此前累计罚息）未付清，最早一项的应付日为2026年3月6日，已逾期4天" in text
    assert "已发生费用300.00" in text and "合计300.00" in text


@pytest.mark.parametrize(
    ("target", "account_no", "code"),
    [
        ("guarantor-3/letter", "L-1", "no_party"),
        ("vendor/letter", "L-2", "no_party"),
        ("guarantor-1/email", "L-1", "no_address"),
        ("lessee/letter", "L-3", "nothing_overdue"),
    ],
)
def test_there_must_be_somebody_to_write_to_and_something_to_claim(
    world: World, target: str, account_no: str, code: str
) -> None:
    request = world.dispatch("demand_notice", target, account_no=account_no)
    with pytest.raises(NoLetter) as fault:
        written(world, request)
    assert fault.value.code == code
    assert not any(party.name in str(fault.value) for party in PARTIES)


def test_a_name_the_font_cannot_print_stops_the_letter_and_costs_no_number(world: World) -> None:
    odd = LESSEE.model_copy(update={"name": "\U0002f9f4公司"})
    with world.database.session() as session:
        replace_parties(session, "L-1", (odd, *PARTIES[1:]), at(DAY))
    with pytest.raises(MissingGlyphs):
        written(world, world.dispatch("demand_notice", "lessee/letter"))
    with world.database.reading() as session:
        assert documents_of(session, "L-1-1") == ()


def test_the_signer_sees_a_draft_without_number_and_signature(world: World) -> None:
    told = world.story("L-1", date(2026, 1, 31))
    told.done(DAY, "demand_notice_signature", "signed", person("u-gu", "head_of_asset_management"))
    with world.database.session() as session:
        told.save(session)
        for step, title in (
            ("demand_notice_signature", "租金催收通知书"),
            ("litigation_letter_release", "诉讼律师函"),
            ("prepare_rent_collection_letter", "租金催收律师函"),
            ("guarantor_notice", "关于承租人租金逾期情况的通知函"),
        ):
            text = read(world.writer.draft(session, "L-1-1", "L-1", step, world.ladder, DAY))
            assert title in text and "编号：草稿" in text and f"{TOTAL:,.2f}" in text
            assert "顾明远" not in text
        assert documents_of(session, "L-1-1") == ()
        with pytest.raises(NoLetter):
            world.writer.draft(session, "L-1-1", "L-1", "asset_inspection", world.ladder, DAY)


def test_a_document_is_dated_as_asked_whatever_the_day(world: World) -> None:
    later = date(2026, 3, 12)
    letter = written(world, world.dispatch("demand_notice", "lessee/letter", as_of=later, at=at(later)))
    assert letter.ref == e.DocumentRef(
        kind="rent_demand_notice", number=letter.ref.number, sha256=letter.ref.sha256, as_of=later
    )
    assert "40天" in read(letter.pdf) and "2026年3月17日前（含当日）" in read(letter.pdf)
