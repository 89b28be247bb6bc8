"""Samples of `make rules-mutate`: as many as asked for, the same for the same seed, and hardly moved by others."""

from __future__ import annotations

from checks.rules_mutate import Mutant, regulations, sample

ALL = [mutant for one in regulations() for mutant in one.mutants]


def test_a_sample_has_its_size_and_keeps_the_order() -> None:
    chosen = sample(ALL, 30, 1)
    assert len(chosen) == 30
    assert chosen == [mutant for mutant in ALL if mutant in chosen]
    assert sample(ALL, 10_000, 1) == ALL


def test_the_seed_decides_and_nothing_else() -> None:
    assert sample(ALL, 30, 1) == sample(ALL, 30, 1)
    assert sample(ALL, 30, 1) != sample(ALL, 30, 2)
    assert set(sample(ALL, 30, 1)) == set(sample(ALL[::-1], 30, 1))


def test_a_new_rule_moves_at_most_one_of_the_sample() -> None:
    before, after = sample(ALL, 30, 1), sample([*ALL, Mutant("new", "N1.1", ())], 30, 1)
    assert len(set(before) - set(after)) <= 1


def test_every_mutant_is_told_apart_by_its_name() -> None:
    names = [str(mutant) for mutant in ALL]
    assert len(names) == len(set(names))
    assert "leasing/L4.2b" in names and "leasing/step lawsuit" in names
