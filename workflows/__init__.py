"""Durable cases: a small loop that obeys `decide`."""
