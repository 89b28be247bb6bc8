"""A text that Legal has not passed is not used: what would be sent waits, is seen to wait, and goes out when passed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from activities.contents import Writer
from activities.delivery import Delivery
from activities.facts import FactsReader
from activities.messages import FactsRequest
from activities.text_review import Proposal, judge, propose
from activities.texts import SHORT, TextNotPassed, Texts, texts_of
from domain import events as e
from domain.errors import Refused
from domain.policy_file import read_yaml
from letters.glyphs import FontSet
from letters.render import Renderer
from settings import ROOT
from store import deliveries, wording
from store.ledger import mark_relayed, pending_notices
from tests.activities.outside import Outside, outside
from tests.activities.world import DAY, World, at, person
from tests.builders.wording import shipped_texts, without_pass

NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)
LEGAL = e.Actor(user="u-shen", role="legal_compliance", authority="permission:pass_text")
NOTICE = "letter.rent_demand_notice"


@pytest.fixture
async def out(tmp_path: Path) -> AsyncIterator[Outside]:
    async with outside(tmp_path / "sent") as found:
        yield found


def relay(world: World, out: Outside, texts: Texts) -> Delivery:
    writer = Writer(Renderer(FontSet.bundled()), world.policies, texts)
    return Delivery(world.database, writer, out.gateways, world.gate)


def unpassed(world: World, texts: Texts) -> tuple[str, ...]:
    """What the facts of the case say is not passed."""
    request = FactsRequest(case_no="L-1-1", account_no="L-1", policy=world.pin, settings="", today=DAY)
    return FactsReader(world.database, world.policies, texts).read_facts(request).unpassed


def say(world: World, texts: Texts, text_id: str, passed: bool = True, version: str = "1", key: str = "v-1") -> None:
    """Legal's verdict."""
    wanted = wording.Judgement(passed=passed, reason="checked", actor=LEGAL, key=key, at=NOON)
    with world.database.session() as session:
        judge(session, texts, text_id, version, wanted)


def own(world: World, texts: Texts, text_id: str, old: str, new: str, key: str = "p-1", user: str = "u-gu") -> str:
    """Somebody proposes the shipped text with other words; its version."""
    body = texts.shipped[text_id].body
    assert old in body
    with world.database.session() as session:
        wanted = Proposal(
            text_id=text_id, body=body.replace(old, new), note="clearer", actor=person(user, "collector"), key=key,
            at=NOON,
        )  # fmt: skip
        return propose(session, texts, wanted).text.version


# ── the guard ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_an_unpassed_letter_is_not_sent_and_goes_out_after_the_pass(world: World, out: Outside) -> None:
    texts = without_pass(NOTICE)  # B4.1.1.2b
    delivery, request = relay(world, out, texts), world.dispatch("demand_notice", "lessee/letter", signed_by="u-gu")
    assert unpassed(world, texts) == ("rent_demand_notice",)
    assert (await delivery.dispatch_document(request)).status == "stale"
    assert out.deliveries() == {}
    say(world, texts, NOTICE)
    assert unpassed(world, texts) == ()
    assert (await delivery.dispatch_document(request)).status == "sent"
    assert out.deliveries() == {request.key: 1}


async def test_a_refusal_stops_what_was_passed(world: World, out: Outside) -> None:
    texts = shipped_texts()
    delivery, request = relay(world, out, texts), world.dispatch("demand_notice", "lessee/letter", signed_by="u-gu")
    say(world, texts, NOTICE, passed=False)
    assert (await delivery.dispatch_document(request)).status == "stale" and out.deliveries() == {}


def test_a_company_can_ask_for_its_own_pass(world: World) -> None:
    texts = shipped_texts(own_pass=True)
    assert "rent_demand_notice" in unpassed(world, texts) and unpassed(world, shipped_texts()) == ()
    for number, name in enumerate(texts_of("rent_demand_notice")):
        say(world, texts, name, key=f"v-{number}")
    assert "rent_demand_notice" not in unpassed(world, texts)


def test_a_changed_template_counts_as_passed_no_more() -> None:
    listed = {name: text.passed_with for name, text in shipped_texts().shipped.items()}
    missing = [f"{name}: sha256 {shipped_texts().shipped[name].sha256}" for name, found in listed.items() if not found]
    assert missing == [], "enter these with their next version in texts/passed.yaml, or let Legal pass them"


def test_the_shipped_passes_are_those_of_the_approvers_of_the_policies() -> None:
    policies = [read_yaml(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "policies").glob("*.yaml"))]
    for policy in policies:
        sent = {step["send"]["document"] for step in policy["steps"] if "send" in step}
        used = {name for document in sent for name in texts_of(document)}
        for name in used:
            found = shipped_texts().shipped[name].passed_with
            assert found is not None and policy["approver"] in found.by, (policy["id"], name)


def test_every_call_and_visit_of_every_policy_has_one_script(world: World) -> None:
    with world.database.reading() as session:
        for path in sorted((ROOT / "policies").glob("*.yaml")):
            policy = read_yaml(path.read_text(encoding="utf-8"))
            steps = [step["id"] for step in (*policy["steps"], *policy.get("before_due", ()))
                     if step.get("ask", {}).get("what") in ("contact", "visit")]  # fmt: skip
            for step in steps:
                found = shipped_texts().script_for(session, policy["id"], step)
                assert found is not None, f"{policy['id']}/{step}"
        assert shipped_texts().script_for(session, "bank", "lawsuit") is None


def test_cases_that_wait_are_told_of_the_pass_and_nobody_else(world: World) -> None:
    texts = without_pass(NOTICE)
    with world.database.session() as session:
        mark_relayed(session, pending_notices(session), NOON)
    for account_no, waits in (("L-1", ("rent_demand_notice",)), ("L-2", ()), ("L-4", ("guarantor_notice",))):
        told = world.story(account_no)
        facts = told.case.facts
        assert facts is not None
        told.tell(DAY, e.FactsUpdated(facts=facts.model_copy(update={"unpassed": waits})))
        with world.database.session() as session:
            told.save(session)
    say(world, texts, NOTICE)
    with world.database.reading() as session:
        assert [notice.case_no for notice in pending_notices(session)] == ["L-1-1"]


# ── versions ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_delivery_keeps_the_versions_and_the_words_it_was_sent_with(world: World, out: Outside) -> None:
    texts = shipped_texts()
    delivery, request = relay(world, out, texts), world.dispatch("demand_notice", "lessee/email", signed_by="u-gu")
    await delivery.dispatch_document(request)
    version = own(world, texts, "message.letter_cover", "您好：", "您好，感谢您的配合：")
    say(world, texts, "message.letter_cover", version=version)
    with world.database.reading() as session:
        found = deliveries.find_delivery(session, request.key)
        old = texts.version(session, "message.letter_cover", "1")
    assert found is not None and found.texts == (f"{NOTICE}@1", "message.letter_cover@1")
    assert found.wording.startswith("您好：") and old.text.body == texts.shipped["message.letter_cover"].body
    again = world.dispatch("demand_notice", "lessee/email", signed_by="u-gu", occurrence=2, key="L-1-1/again")
    await delivery.dispatch_document(again)
    with world.database.reading() as session:
        newer = deliveries.find_delivery(session, again.key)
    assert newer is not None and newer.texts[1] == "message.letter_cover@own-1"
    assert newer.wording.startswith("您好，感谢您的配合：")


async def test_what_is_in_doubt_is_repeated_in_its_own_words(world: World, out: Outside) -> None:
    texts = shipped_texts()
    delivery, request = relay(world, out, texts), world.dispatch("demand_notice", "lessee/letter", signed_by="u-gu")
    with world.database.session() as session:  # claimed by one that died before the gateway took it
        claim = deliveries.Claim(
            key=request.key, case_no="L-1-1", account_no="L-1", step="demand_notice", target="lessee/letter",
            document=world.writer.letter(session, request).ref, texts=(f"{NOTICE}@1", "message.letter_cover@1"),
            wording="您好", at=at(DAY),
        )  # fmt: skip
        deliveries.claim(session, claim)
    await delivery.dispatch_document(request)
    assert out.store.newest(5)[0].text == "您好"


def test_a_text_of_an_earlier_release_is_kept_byte_for_byte_and_used_no_more(world: World) -> None:
    before = shipped_texts()
    with world.database.session() as session:
        before.keep(session, [before.shipped[SHORT]], NOON)
    body = before.shipped[SHORT].body.replace("尊敬的客户", "尊敬的朋友")
    newer = before.shipped[SHORT].model_copy(update={"body": body, "sha256": "1" * 64, "version": "3"})
    after = replace(before, shipped={**before.shipped, SHORT: newer})
    with world.database.reading() as session:
        assert [one.state for one in after.versions(session, SHORT)] == ["in_use", "replaced"]
        assert after.version(session, SHORT, "2").text.body == before.shipped[SHORT].body
        assert after.needed(session, [SHORT])[SHORT].version == "3"


# ── who may pass ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_proposal_is_used_only_after_somebody_else_of_legal_passed_it(world: World) -> None:
    texts = shipped_texts()
    version = own(world, texts, "script.first_call", "现在方便通话吗？", "您现在方便吗？", user=LEGAL.user)

    def used() -> str | None:
        with world.database.reading() as session:
            found = texts.script_for(session, "bank", "reminder_call")
        return found.version if found else None

    assert (version, used()) == ("own-1", "1")
    with pytest.raises(Refused) as refused:
        say(world, texts, "script.first_call", version=version)
    assert refused.value.code == "own_proposal" and used() == "1"
    other = wording.Judgement(
        passed=True, reason="ok", actor=person("u-fa", "head_of_legal_compliance"), key="v-9", at=NOON
    )
    with world.database.session() as session:
        judge(session, texts, "script.first_call", version, other)
    assert used() == "own-1"
    say(world, texts, "script.first_call", passed=False, key="v-10", version="1")
    assert used() == "own-1"


def test_verdicts_are_added_and_never_changed(world: World) -> None:
    texts = shipped_texts()
    say(world, texts, NOTICE)
    say(world, texts, NOTICE)  # the same key again is one
    say(world, texts, NOTICE, passed=False, key="v-2")
    with world.database.reading() as session:
        assert [(v.seq, v.passed, v.actor_user) for v in wording.verdicts_of(session, NOTICE)] == [
            (1, True, "u-shen"), (2, False, "u-shen"),
        ]  # fmt: skip
        with pytest.raises(TextNotPassed):
            texts.needed(session, [NOTICE])
    for table in ("text_verdict", "text_version"):
        with pytest.raises(DatabaseError, match="append-only"), world.database.session() as session:
            session.execute(text(f"DELETE FROM {table}"))
