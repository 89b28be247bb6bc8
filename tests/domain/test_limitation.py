"""Limitation and guarantors' periods by the civil code, with days a lawyer can check."""

from __future__ import annotations

from datetime import date

from domain.limitation import Guarantee, Interruption, guarantee_period, limitation, warning
from domain.litigation_terms import LimitationTerms
from tests.builders.leases import rents

TERMS = LimitationTerms()
DUES = rents("2026-03-02", "2026-04-02", "2026-05-02")


def day(text: str) -> date:
    return date.fromisoformat(text)


def ends(*found: Interruption, as_of: str = "2026-06-01", terms: LimitationTerms = TERMS) -> date | None:
    return limitation(DUES, found, terms, day(as_of), oldest_unpaid=DUES[0].due).ends


def test_three_years_from_the_last_instalment() -> None:
    """民法典第188、189条."""
    assert ends() == day("2029-05-02")
    assert ends(terms=LimitationTerms(instalments="each")) == day("2029-03-02")
    assert ends(terms=LimitationTerms(limitation_years=2)) == day("2028-05-02")


def test_each_demand_that_arrived_and_each_payment_lets_it_begin_anew() -> None:
    """民法典第195条; before the last due date nothing begins anew."""
    early = Interruption(on=day("2026-03-20"), ground="demand")
    assert ends(early) == day("2029-05-02")
    demand = Interruption(on=day("2026-06-15"), ground="demand", of="rent-collection-letter-2026-00001")
    paid = Interruption(on=day("2027-01-10"), ground="payment")
    assert ends(demand, as_of="2026-07-01") == day("2029-06-15")
    assert ends(demand, paid, as_of="2027-07-01") == day("2030-01-10")
    assert ends(demand, paid, as_of="2026-07-01") == day("2029-06-15")  # as it stood then


def test_while_a_suit_is_pending_nothing_runs_and_then_it_begins_anew() -> None:
    filed = Interruption(on=day("2026-06-15"), ground="suit", of="suit-2026-00001", pending=True)
    assert ends(filed, as_of="2028-01-01") is None
    over = filed.model_copy(update={"pending": False, "until": day("2027-02-01")})
    assert ends(over, as_of="2028-01-01") == day("2030-02-01")


def test_what_has_lapsed_does_not_begin_again() -> None:
    """民法典第192条."""
    late = Interruption(on=day("2029-05-03"), ground="demand")
    found = limitation(DUES, (late,), TERMS, day("2029-06-01"))
    assert (found.ends, found.lapsed, found.counted) == (day("2029-05-02"), True, ())
    in_time = Interruption(on=day("2029-05-02"), ground="demand")
    assert limitation(DUES, (in_time,), TERMS, day("2029-06-01")).ends == day("2032-05-02")


def test_a_guarantor_has_six_months_when_nothing_is_agreed() -> None:
    """民法典第692条."""
    assert guarantee_period(Guarantee(party="P2"), DUES, TERMS, day("2026-06-01")).ends == day("2026-11-02")
    agreed = Guarantee(party="P2", until=day("2028-05-02"))
    assert guarantee_period(agreed, DUES, TERMS, day("2026-06-01")).ends == day("2028-05-02")
    assert guarantee_period(Guarantee(party="P2"), DUES, TERMS, day("2026-11-03")).lapsed


def test_a_joint_guarantor_is_claimed_from_by_a_demand_another_only_by_a_suit() -> None:
    """民法典第693条."""
    letter = (Interruption(on=day("2026-06-10"), ground="demand"),)
    joint = guarantee_period(Guarantee(party="P2", joint=True, demands=letter), DUES, TERMS, day("2027-01-01"))
    assert (joint.ends, joint.claimed, joint.lapsed) == (None, day("2026-06-10"), False)
    other = guarantee_period(Guarantee(party="P2", demands=letter), DUES, TERMS, day("2026-07-01"))
    assert (other.ends, other.claimed) == (day("2026-11-02"), None)
    sued = guarantee_period(Guarantee(party="P2", debtor_sued=(day("2026-10-01"),)), DUES, TERMS, day("2027-01-01"))
    assert sued.claimed == day("2026-10-01")
    late = guarantee_period(Guarantee(party="P2", debtor_sued=(day("2026-11-03"),)), DUES, TERMS, day("2027-01-01"))
    assert (late.claimed, late.lapsed) == (None, True)


def test_to_sue_only_the_debtor_claims_nothing_from_a_joint_guarantor() -> None:
    """民法典第692、693条: the debtor is sued on 1 June, nothing is demanded of the guarantor: free after 2 November."""
    joint = Guarantee(party="P2", joint=True, debtor_sued=(day("2026-06-01"),))
    before = guarantee_period(joint, DUES, TERMS, day("2026-10-15"))
    assert (before.claimed, before.ends, before.lapsed) == (None, day("2026-11-02"), False)
    assert warning(before.ends, day("2026-10-15"), TERMS) == 30
    assert guarantee_period(joint, DUES, TERMS, day("2026-11-03")).lapsed
    named = joint.model_copy(update={"sued": (day("2026-06-01"),)})
    assert guarantee_period(named, DUES, TERMS, day("2026-11-03")).claimed == day("2026-06-01")
    other = Guarantee(party="P2", sued=(day("2026-06-01"),))
    assert guarantee_period(other, DUES, TERMS, day("2026-11-03")).lapsed, "first the debtor has to be sued"


def letter_sent(on: str) -> Interruption:
    """A demand from before the take-over: the day it was sent is known, not that it arrived."""
    return Interruption(on=day(on), ground="demand", of="催-17", unproven=True)


def test_while_a_demand_may_still_be_proven_nothing_is_called_lapsed() -> None:
    """民法典第195条: demanded on 1 March 2029, two months before the three years end; no receipt is at hand."""
    sent = letter_sent("2029-03-01")
    running = limitation(DUES, (sent,), TERMS, day("2029-04-01"))
    assert (running.ends, running.if_proven, running.to_prove) == (day("2029-05-02"), day("2032-03-01"), (sent,))
    over = limitation(DUES, (sent,), TERMS, day("2029-05-03"))
    assert (over.lapsed, over.ends, over.to_prove, over.counted) == (False, day("2029-05-02"), (sent,), ())
    assert limitation(DUES, (sent,), TERMS, day("2032-03-02")).lapsed, "lapsed even if it arrived"
    arrived = Interruption(on=day("2029-03-04"), ground="demand", of=sent.of)
    proven = limitation(DUES, (arrived,), TERMS, day("2029-05-03"))
    assert (proven.lapsed, proven.ends, proven.to_prove) == (False, day("2032-03-04"), ())


def test_what_would_change_nothing_need_not_be_proven() -> None:
    """A letter sent too late, one before a payment that counts by itself, one before the last instalment was due."""
    late = limitation(DUES, (letter_sent("2029-05-03"),), TERMS, day("2029-06-01"))
    assert (late.lapsed, late.to_prove) == (True, ())
    paid = Interruption(on=day("2027-01-10"), ground="payment")
    assert limitation(DUES, (letter_sent("2026-08-01"), paid), TERMS, day("2027-02-01")).to_prove == ()
    assert limitation(DUES, (letter_sent("2026-04-10"),), TERMS, day("2027-02-01")).to_prove == ()


def test_a_joint_guarantor_is_not_free_while_a_demand_on_them_may_be_proven() -> None:
    """民法典第693条; of one who is not liable jointly, a letter claims nothing, proven or not."""
    sent = letter_sent("2026-10-20")
    joint = guarantee_period(Guarantee(party="P2", joint=True, demands=(sent,)), DUES, TERMS, day("2026-11-10"))
    assert (joint.lapsed, joint.claimed, joint.ends, joint.to_prove) == (False, None, day("2026-11-02"), (sent,))
    other = guarantee_period(Guarantee(party="P2", demands=(sent,)), DUES, TERMS, day("2026-11-10"))
    assert (other.lapsed, other.to_prove) == (True, ())
    known = (sent, Interruption(on=day("2026-09-01"), ground="demand"))
    met = guarantee_period(Guarantee(party="P2", joint=True, demands=known), DUES, TERMS, day("2026-11-10"))
    assert (met.claimed, met.to_prove) == (day("2026-09-01"), ())


def test_legal_is_warned_long_before() -> None:
    last = day("2029-05-02")
    found = [warning(last, day(at), TERMS) for at in ("2028-05-01", "2028-05-02", "2028-11-03", "2029-04-30")]
    assert found == [None, 365, 180, 30]
    assert warning(last, day("2029-05-03"), TERMS) is None
    assert warning(None, day("2029-05-01"), TERMS) is None
