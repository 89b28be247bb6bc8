"""Benchmarks, printed as ratios."""
