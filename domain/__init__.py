"""The rules of collections as pure functions and frozen data: no clock, no I/O, no framework."""
