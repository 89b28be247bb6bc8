"""Letters to the borrower of a loan and papers people write about one, from the ledger and the record of a case."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from activities.content.outward import LETTERS as OUTWARD, NoLetter
from activities.content.papers import PAPERS
from activities.content.records import HEADINGS
from activities.contents import StoredDocument
from activities.delivery import Delivery
from activities.registry import Policies
from domain import events as e
from domain.events import Section
from domain.ledger import PartyRole, PostingKind
from domain.policy_file import read_yaml
from domain.standing import standing
from gateways.contract import EmailRecipient, LetterRecipient, SmsRecipient
from letters.glyphs import MissingGlyphs
from letters.kinds import TITLES, WRITTEN_FORMS, DocumentKind
from letters.render import Renderer
from store.account_facts import account_facts
from store.accounts import add_account, replace_parties
from store.calendar import fill
from store.documents import documents_of
from store.ledger import post
from store.session import Database
from store.views import Party
from tests.activities.outside import outside
from tests.activities.world import DAY, ROOT, World, at, lease, person, posting, read

K = DocumentKind
LETTERS = (
    K.reminder, K.overdue_notice, K.dunning_letter, K.legal_notice, K.summons, K.lawyers_letter, K.repayment_proposal,
)  # fmt: skip
BORROWER = Party(
    id="P9", role=PartyRole.BORROWER, name="陆文舟", id_number="310101198001010011", phone="13800000000",
    email="lu@borrower.example", address="江城市一号路1号", channels=("letter", "email", "sms"),
)  # fmt: skip
GUARANTOR = Party(id="P8", role=PartyRole.GUARANTOR, name="远景担保有限公司", address="江城市二号路2号")
PENALTY = sum((
    Decimal("42300.00") * Decimal("0.0005") * 10,
    Decimal("30000.00") * Decimal("0.0005") * 18,
    Decimal("72300.00") * Decimal("0.0005") * 10,
))  # fmt: skip


def extra_steps() -> str:
    """Steps that send each letter to the borrower and write each paper, in the words of a policy."""
    head = "  - id: {id}\n    title: {{zh: 贷款步骤, en: Of a loan}}\n    rules: [L4.1]\n    when: [{{dpd: 8}}]\n"
    sends = "    send: {{document: {id}, to: borrower, by: [sms, email, letter]}}\n"
    asks = "    ask: {{what: task, of: collector}}\n    writes: {id}\n"
    letters = [head.format(id=f"send_{kind}") + sends.format(id=kind) for kind in LETTERS]
    papers = [head.format(id=f"write_{kind}") + asks.format(id=kind) for kind in sorted(WRITTEN_FORMS)]
    return "steps:\n" + "\n".join(letters + papers) + "\n"


@pytest.fixture(scope="module")
def loan_policies(tmp_path_factory: pytest.TempPathFactory) -> Policies:
    """The leasing policy with steps of a loan put before its own."""
    folder = tmp_path_factory.mktemp("policies")
    text = (ROOT / "policies" / "leasing.v1.yaml").read_text(encoding="utf-8")
    (folder / "leasing.v1.yaml").write_text(text.replace("\nsteps:\n", "\n" + extra_steps(), 1), encoding="utf-8")
    company = read_yaml((ROOT / "company" / "demo.yaml").read_text(encoding="utf-8"))
    company |= {"policies": {"leasing": company["policies"]["leasing"]}, "assignment": []}
    (folder / "company").write_text(json.dumps(company), encoding="utf-8")
    return Policies.from_files(folder, folder / "company")


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("loans") / "arrears.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    dues = (date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31))
    with database.session() as session:
        fill(session, [2025, 2026], at(date(2026, 1, 1)))
        loan = lease("L-1", dues, parties=(BORROWER, GUARANTOR), penalty_rate_per_day=Decimal("0.0005"), product="loan")
        add_account(session, loan)
        add_account(session, lease("L-3", (date(2026, 3, 17),), parties=(BORROWER,)))
        post(session, posting("a", PostingKind.PAYMENT, "12300.00", date(2026, 2, 10)), "L-1")
        post(session, posting("c", PostingKind.COST, "260.00", date(2026, 3, 1)), "L-1")
    database.close()
    return path


@pytest.fixture
def world(tmp_path: Path, migrated: Path, renderer: Renderer, loan_policies: Policies) -> Iterator[World]:
    shutil.copy(migrated, tmp_path / "arrears.db")
    database = Database(f"sqlite:///{tmp_path / 'arrears.db'}")
    yield World(database, renderer, loan_policies)
    database.close()


def written(world: World, kind: K, channel: str = "letter", **more: object) -> StoredDocument:
    with world.database.session() as session:
        return world.writer.letter(session, world.dispatch(f"send_{kind}", f"borrower/{channel}", **more))


@pytest.mark.parametrize("kind", LETTERS)
def test_each_letter_to_the_borrower_is_numbered_stored_and_true_to_the_ledger(world: World, kind: K) -> None:
    letter = written(world, kind)
    text = read(letter.pdf)
    total = Decimal("72300.00") + Decimal("260.00") + PENALTY
    for said in (
        TITLES[kind], letter.ref.number, "致：陆文舟地址：江城市一号路1号", "编号为C-L-1的借款合同", "逾期38天",
        "逾期本息72,300.00", "已发生费用260.00", f"合计{total:,.2f}", "2026年3月15日前（含当日）", "021-55550100",
        "经办部门：风险管理部",
    ):  # fmt: skip
        assert said in text, said
    assert "租金" not in text and "承租人" not in text
    assert letter.ref.number == f"{kind.replace('_', '-')}-2026-00001"
    assert letter.recipient == LetterRecipient(name="陆文舟", address="江城市一号路1号")
    assert written(world, kind) == letter
    assert written(world, kind, "email").recipient == EmailRecipient(name="陆文舟", email="lu@borrower.example")
    with world.database.reading() as session:
        assert [document.number for document in documents_of(session, "L-1-1")] == [letter.ref.number]


def test_an_overdue_notice_shows_how_the_penalty_interest_comes_about(world: World) -> None:
    text = read(written(world, K.overdue_notice).pdf)
    for said in (
        "2026年2月1日2026年2月10日1042,300.000.05%211.50",
        "2026年2月11日2026年2月28日1830,000.000.05%270.00",
        "2026年3月1日2026年3月10日1072,300.000.05%361.50",
        f"本次逾期罚息合计（计至截止日）{PENALTY:,.2f}",
    ):
        assert said in text, said


def test_the_text_of_a_reminder_says_amount_days_growth_effects_and_whom_to_ask(world: World) -> None:
    sms = written(world, K.reminder, "sms")
    assert sms.recipient == SmsRecipient(phone="13800000000")
    assert sms.text == (
        "【示范融资租赁有限公司】尊敬的客户：您合同编号C-L-1项下的款项已逾期38天，截至2026年3月10日应还73,403.00元（CNY），"
        "其中罚息843.00元、费用260.00元；此后每日约新增罚息36.15元，请于2026年3月15日前还清。"
        "逾期将计收罚息，并可能影响您的信用记录。咨询电话：021-55550100。如已还款请忽略。"
    )
    assert "陆文舟" not in sms.text


async def test_a_text_message_carries_text_and_no_attachment(world: World, tmp_path: Path) -> None:
    request = world.dispatch("send_reminder", "borrower/sms")
    async with outside(tmp_path / "sent") as out:
        result = await Delivery(world.database, world.writer, out.gateways, world.gate).dispatch_document(request)
        (taken,) = out.store.newest(5)
    assert result.status == "sent"
    assert (taken.channel, taken.files) == ("sms", ()) and taken.text.startswith("【示范融资租赁有限公司】")


def test_before_the_due_date_the_reminder_says_what_will_be_due_less_what_is_prepaid(world: World) -> None:
    with world.database.session() as session:
        post(session, posting("p", PostingKind.PAYMENT, "300.00", DAY), "L-3")
    sms = written(world, K.reminder, "sms", case_no="L-3-1", account_no="L-3")
    assert "本期应还42,000.00元（CNY），还款日为2026年3月17日，请提前备足款项。" in sms.text
    assert "应还金额为人民币42,000.00元（大写：人民币肆万贰仟元整）" in read(sms.pdf)


def test_on_its_due_date_an_instalment_is_still_one_to_come(world: World) -> None:
    day = date(2026, 3, 17)
    sms = written(world, K.reminder, "sms", case_no="L-3-1", account_no="L-3", as_of=day, at=at(day))
    assert "还款日为2026年3月17日" in sms.text


def test_what_is_prepaid_is_not_reminded_of_and_only_reminders_go_before_the_due_date(world: World) -> None:
    with pytest.raises(NoLetter) as fault:
        written(world, K.dunning_letter, case_no="L-3-1", account_no="L-3")
    assert fault.value.code == "nothing_overdue"
    with world.database.session() as session:
        post(session, posting("p", PostingKind.PAYMENT, "42300.00", DAY), "L-3")
    with pytest.raises(NoLetter):
        written(world, K.reminder, "sms", case_no="L-3-1", account_no="L-3")


def test_a_summons_names_a_business_day_and_the_hours_of_the_company(world: World) -> None:
    letter = written(world, K.summons, "sms")
    assert "请于2026年3月17日09:00至18:00到上海市浦东新区示范路100号办理还款。" in letter.text
    for said in ("日期2026年3月17日", "09:00至18:00", "上海市浦东新区示范路100号", "派员上门"):
        assert said in read(letter.pdf), said


def test_a_summons_for_a_saturday_is_for_the_monday_after(world: World) -> None:
    told = world.story("L-1", date(2026, 1, 31))
    with world.database.session() as session:
        told.save(session)
    day = date(2026, 3, 14)
    assert "请于2026年3月23日" in written(world, K.summons, "sms", as_of=day, at=at(day)).text


def test_a_proposal_carries_the_plan_that_was_drawn_up(world: World) -> None:
    told = world.story("L-1", date(2026, 1, 31))
    plan = Section(
        heading="还款安排", text="2026-04-10|24,100.00\n2026年5月10日｜24100元\n2026-06-10；24,100.00；含余款"
    )
    sections = (plan, Section(heading="方案说明", text="分三期偿还。"))
    told.done(DAY, "write_repayment_plan", "done", person("u-gu", "collector"), sections=sections)
    with world.database.session() as session:
        told.save(session)
    text = read(written(world, K.repayment_proposal).pdf)
    for said in ("12026年4月10日24,100.00", "22026年5月10日24,100.00", "32026年6月10日24,100.00含余款",
                 "还款金额合计：人民币72,300.00元（大写：人民币柒万贰仟叁佰元整）", "分三期偿还。"):  # fmt: skip
        assert said in text, said


@pytest.mark.parametrize("kind", sorted(WRITTEN_FORMS))
def test_each_paper_has_its_title_and_headings_and_names_what_nobody_wrote(world: World, kind: K) -> None:
    first = HEADINGS[kind][0]
    sections = (Section(heading=first, text="由人填写"), Section(heading="补充", text="另有说明"))
    ref, text = world.reported(world.prepare(f"write_{kind}", role="collector", sections=sections))
    for said in (TITLES[kind], ref.number, "借款人陆文舟", f"一、{first}由人填写", "另有说明", "资产管理部催收人员"):
        assert said in text, said
    assert all(heading in text for heading in HEADINGS[kind]) and "未填报" in text
    signs = kind in (K.repayment_plan, K.repayment_agreement, K.interview_record, K.negotiation_record)
    assert ("借款人（签字/盖章）" in text) == signs
    assert world.reported(world.prepare(f"write_{kind}", role="collector", sections=()))[0] == ref


def test_papers_know_the_ledger_the_contacts_and_the_limits_of_a_mandate(world: World) -> None:
    told = world.story("L-1", date(2026, 1, 31))
    told.tell(date(2026, 2, 12), e.ContactRecorded(contact=e.ContactResult(note="承诺月底还款")))
    with world.database.session() as session:
        told.save(session)
    _, text = world.reported(world.prepare("write_evidence_file", role="collector"))
    assert "逾期本息72,300.00元" in text and "2026年2月12日电话，已联系上：承诺月底还款" in text
    _, text = world.reported(world.prepare("write_agency_mandate", role="collector"))
    assert "委托范围仅限催收。" in text and "禁止使用暴力" in text


def test_an_agreement_shows_amount_term_method_and_the_customers_place_to_sign(world: World) -> None:
    sections = (
        Section(heading="还款安排", text="2026-04-10|36150\n待定|36150|第二期"),
        Section(heading="还款金额、期限及方式", text="两期，银行转账。"),
    )
    request = world.prepare("write_repayment_agreement", role="collector", sections=sections)
    _, text = world.reported(request)
    for said in ("12026年4月10日36,150.00", "2未填报36,150.00第二期", "人民币柒万贰仟叁佰元整", "两期，银行转账。"):
        assert said in text, said


def test_a_paper_of_the_portfolio_has_no_case(world: World) -> None:
    told = world.story("")
    with world.database.session() as session:
        told.save(session)
    request = world.prepare(
        "write_meeting_minutes", role="collector", case_no="portfolio-leasing", account_no="",
        sections=(Section(heading="决定事项", text="加强催收。"),),
    )  # fmt: skip
    _, text = world.reported(request)
    assert "会议纪要" in text and "决定事项加强催收。" in text and "逾期情况" not in text


def test_a_borrower_and_a_lessee_are_not_the_same_addressee(world: World) -> None:
    with pytest.raises(NoLetter) as fault, world.database.session() as session:
        world.writer.letter(session, world.dispatch("send_dunning_letter", "lessee/letter"))
    assert fault.value.code == "no_party"


def test_a_borrowers_name_the_font_cannot_print_stops_the_letter(world: World) -> None:
    odd = BORROWER.model_copy(update={"name": "陆\U0002f9f4"})
    with world.database.session() as session:
        replace_parties(session, "L-1", (odd,), at(DAY))
    with pytest.raises(MissingGlyphs):
        written(world, K.overdue_notice)


def test_a_draft_of_a_letter_to_a_borrower_has_no_number(world: World) -> None:
    with world.database.session() as session:
        text = read(world.writer.draft(session, "L-1-1", "L-1", "send_overdue_notice", world.ladder, DAY))
    assert "编号：草稿" in text and "致：陆文舟" in text


def test_the_facts_of_a_loan_name_its_borrower(world: World) -> None:
    with world.database.reading() as session:
        facts = account_facts(session, "L-1")
        assert standing(facts, DAY, world.ladder.terms).overdue_rent == Decimal("72300.00")
        assert facts.parties[0].role is PartyRole.BORROWER and "sms" in facts.parties[0].channels


def test_every_document_that_a_policy_sends_or_writes_can_be_made(policies: Policies) -> None:
    written_by_steps = {*PAPERS, K.master_table, K.check_record}
    assert len(policies.ids) > 1
    for name in policies.ids:
        ladder = policies.current(name)
        for step in (*ladder.steps, *ladder.portfolio):
            if step.rule.send:
                assert step.rule.send.document in OUTWARD, f"{name} {step.id}"
            if step.rule.writes:
                assert step.rule.writes in written_by_steps, f"{name} {step.id}"
