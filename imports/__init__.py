"""Reads portfolios, their daily changes and payments from the files that companies have."""
