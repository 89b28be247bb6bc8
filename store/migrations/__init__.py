"""The steps that bring a database to the newest tables; alembic runs them in order."""
