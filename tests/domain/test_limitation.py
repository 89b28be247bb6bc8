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
    letter = (day("2026-06-10"),)
    joint = guarantee_period(Guarantee(party="P2", joint=True, demands=letter), DUES, TERMS, day("2027-01-01"))
    assert (joint.ends, joint.claimed, joint.lapsed) == (None, day("2026-06-10"), False)
    other = guarantee_period(Guarantee(party="P2", demands=letter), DUES, TERMS, day("2026-07-01"))
    assert (other.ends, other.claimed) == (day("2026-11-02"), None)
    sued = guarantee_period(Guarantee(party="P2", sued=(day("2026-10-01"),)), DUES, TERMS, day("2027-01-01"))
    assert sued.claimed == day("2026-10-01")
    late = guarantee_period(Guarantee(party="P2", sued=(day("2026-11-03"),)), DUES, TERMS, day("2027-01-01"))
    assert (late.claimed, late.lapsed) == (None, True)


def test_legal_is_warned_long_before() -> None:
    last = day("2029-05-02")
    found = [warning(last, day(at), TERMS) for at in ("2028-05-01", "2028-05-02", "2028-11-03", "2029-04-30")]
    assert found == [None, 365, 180, 30]
    assert warning(last, day("2029-05-03"), TERMS) is None
    assert warning(None, day("2029-05-01"), TERMS) is None
