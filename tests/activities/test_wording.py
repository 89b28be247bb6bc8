"""Scripts and messages are lawful, calm and complete; what is not is refused with all faults at once."""

from __future__ import annotations

import pytest

from domain.errors import Invalid
from domain.wording import TO_THIRD_PARTIES, Script, filled
from domain.wording_file import load_message, load_script, load_scripts, load_words
from tests.builders.cases import Desk, local
from tests.builders.leases import lease
from tests.builders.wording import FOLDER, shipped_texts

DAY_1 = "2026-03-03 09:00"
WORDS = shipped_texts().words
SCRIPTS = {name: text for name, text in shipped_texts().shipped.items() if name.startswith("script.")}


def script(name: str) -> Script:
    return shipped_texts().script(SCRIPTS[f"script.{name}"])


EVERY = [script(name.partition(".")[2]) for name in SCRIPTS]
CALLS = [found for found in EVERY if found.audience == "customer"]
OVERDUE = [found for found in CALLS if found.id not in ("before_due_call", "reminder_visit")]


# ── what every shipped text keeps ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("found", EVERY, ids=lambda found: found.id)
def test_every_script_opens_with_who_is_calling_and_why(found: Script) -> None:  # B2.2.1.2b
    first, second = list(found.lines())[:2]
    assert first[0] == ("opening", "identity") and second[0] == ("opening", "purpose")
    assert "我是{company}的{caller}" in first[1].zh and "{company}" in first[1].en
    assert [item.id for item in found.must_say][:2] == ["identity", "purpose"]


def test_no_shipped_text_holds_an_insult_or_a_threat() -> None:  # B2.2.1.2f, B4.1.1.2a, B4.1.1.2s, C4.3.2c
    assert len(shipped_texts().shipped) > 20
    for name, text in shipped_texts().shipped.items():
        assert WORDS.found_in(text.body) == (), name


@pytest.mark.parametrize(
    ("said", "category"),
    [("不還錢就起訴你家人", "threat"), ("不还钱就起诉你家人", "threat"), ("你这个老赖", "insult"),
     ("小心，走着瞧", "threat"), ("Pay now, you Deadbeat", "insult"), ("We will sue your family", "threat"),
     ("you'll go to jail", "threat")],
)  # fmt: skip
def test_the_words_the_rules_name_are_found(said: str, category: str) -> None:  # B4.1.1.2a names the first one
    assert [found.category for found in WORDS.found_in(said)] == [category]


def test_to_announce_a_lawsuit_calmly_is_no_threat() -> None:
    assert WORDS.found_in("协商不成的，我司将依法向人民法院提起诉讼。We may bring the matter to court.") == ()
    assert WORDS.found_in("a scummy losers' thiefdom") == ()  # whole words only


@pytest.mark.parametrize("found", OVERDUE, ids=lambda found: found.id)
def test_effects_are_explained_and_a_way_to_pay_is_offered_before_legal_means(found: Script) -> None:  # B2.2.1.2a, s
    said = [text.zh for _, text in found.lines()]
    options = next(n for n, text in enumerate(said) if "商" in text and ("分期" in text or "方案" in text))
    legal = [n for n, text in enumerate(said) if "法律" in text or "诉讼" in text or "法院" in text]
    assert any("罚息" in text and "信用记录" in text for text in said)
    assert all(options < n for n in legal)
    assert said[0].startswith("您好") and "再见" in said[-1]


@pytest.mark.parametrize("found", [found for found in EVERY if found.means == "visit"], ids=lambda found: found.id)
def test_who_visits_shows_credentials_and_asks_whether_it_suits(found: Script) -> None:  # H3.1, H2.2.2c
    assert "证件" in found.opening.identity.zh and "方便吗" in found.opening.purpose.zh


def test_a_field_visit_ends_when_the_customer_wants_it_to() -> None:  # H3.1: safe for everybody
    assert "safety" in [item.id for item in script("field_visit").must_say]
    assert any("马上离开" in said.zh for _, said in script("field_visit").lines())


def test_what_a_third_party_hears_says_nothing_of_the_debt() -> None:  # B2.2.1.2g, B4.1.1.1a, B4.1.1.1s
    said = " ".join(f"{text.zh} {text.en}" for _, text in script("third_party_call").lines())
    assert WORDS.found_in(said, TO_THIRD_PARTIES) == ()
    for private in ("contract", "contract_no", "total", "dpd", "penalty", "person", "upcoming_amount"):
        assert f"{{{private}}}" not in said


# ── what is refused ─────────────────────────────────────────────────────────────────────────────────────────────────


def body(name: str) -> str:
    return SCRIPTS[f"script.{name}"].body


def faults(text: str) -> list[str]:
    with pytest.raises(Invalid) as refused:
        load_script(text, "s.yaml", WORDS)
    return [str(problem) for problem in refused.value.problems]


def test_all_faults_of_a_script_are_named_at_once_with_their_places() -> None:
    text = (
        body("first_call")
        .replace("您编号{contract_no}的合同", "你这个老赖，编号{contract}{salary}的合同")
        .replace("我是{company}的{caller}", "我是催收的")
        .replace("heard: {zh: [逾期], en: [overdue]}", "heard: {zh: [房子], en: [overdue]}")
    )
    found = faults(text)
    line = next(n for n, said in enumerate(text.splitlines(), start=1) if "老赖" in said)
    assert any("老赖 (insult) at character 4" in fault and f"s.yaml:{line}" in fault for fault in found), found
    assert any("{salary} is not known here" in fault for fault in found)
    assert any("does not say who is calling" in fault for fault in found)
    assert any("the zh script does not say figures" in fault for fault in found)
    assert any("zh and en do not name the same figures" in fault for fault in found)


@pytest.mark.parametrize("part", ["identity", "purpose"])
def test_a_script_without_its_opening_is_refused(part: str) -> None:
    lines = [line for line in body("first_call").splitlines() if not line.startswith(f"  {part}:")]
    assert any(f"opening / {part}" in fault for fault in faults("\n".join(lines)))


def test_a_checklist_without_who_and_why_is_refused() -> None:
    lines = [line for line in body("first_call").splitlines() if "{id: purpose," not in line]
    assert any("the checklist lacks purpose" in fault for fault in faults("\n".join(lines)))


@pytest.mark.parametrize("told", ["{debtor}逾期了", "{debtor}欠{total}", "{debtor}的住址"])
def test_a_third_party_script_that_gives_anything_away_is_refused(told: str) -> None:
    text = body("third_party_call").replace("打扰了", told)
    assert faults(text)


def test_a_message_with_a_forbidden_word_or_an_unknown_figure_is_refused() -> None:
    text = (FOLDER / "messages" / "borrower_short.yaml").read_text(encoding="utf-8")
    with pytest.raises(Invalid) as refused:
        load_message(text.replace("请于{pay_by}前还清。", "{salary}不还就走着瞧。{"), "m.yaml", WORDS)
    found = [str(problem) for problem in refused.value.problems]
    assert len(found) == 3 and all("m.yaml:14" in fault for fault in found), found


def test_two_scripts_for_one_step_are_refused() -> None:
    other = body("first_call").replace("id: first_call", "id: other_call")
    with pytest.raises(Invalid) as refused:
        load_scripts({"a.yaml": body("first_call"), "b.yaml": other}, WORDS)
    assert any("bank/reminder_call is served by first_call already" in str(p) for p in refused.value.problems)


def test_words_of_an_unknown_category_are_refused() -> None:
    with pytest.raises(Invalid):
        load_words("words: [{category: rude, source: x, zh: [坏]}]", "w.yaml")


def test_a_text_without_one_of_its_figures_is_left_out() -> None:
    assert filled("{a}和{b}", {"a": "1", "b": "2"}) == "1和2"
    assert filled("{a}和{b}", {"a": "1"}) is None


# ── what a case does while Legal has not passed a text ──────────────────────────────────────────────────────────────


def test_a_letter_waits_for_legal_once_a_day_in_the_record_and_goes_out_when_it_is_passed() -> None:  # B4.1.1.2b
    desk = Desk(lease(), DAY_1).to("2026-03-10 10:00").legal("rent_demand_notice")
    desk.answer("demand_notice_signature", "signed")
    assert desk.of("message_sent", "demand_notice") == []
    waiting = desk.of("step_postponed", "demand_notice")
    assert [event.body.reason for event in waiting if event.body.kind == "step_postponed"] == ["text_not_passed"]
    desk.to("2026-03-10 18:00").legal("rent_demand_notice")
    assert len(desk.of("step_postponed", "demand_notice")) == 1
    desk.legal()
    assert [event.at for event in desk.of("message_sent", "demand_notice")] == [local("2026-03-10 18:00")] * 2


def test_a_letter_that_waits_for_days_is_said_each_morning_and_signed_again_when_passed() -> None:
    desk = Desk(lease(), DAY_1).to("2026-03-10 10:00").legal("rent_demand_notice")
    desk.answer("demand_notice_signature", "signed").to("2026-03-12 10:00")
    assert len(desk.of("step_postponed", "demand_notice")) == 3
    assert desk.status("demand_notice_signature") == "completed"
    desk.legal().answer("demand_notice_signature", "signed")
    assert len(desk.of("message_sent", "demand_notice")) == 2
