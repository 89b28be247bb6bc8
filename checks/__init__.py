"""Checks of the repository itself: sizes, hygiene."""
