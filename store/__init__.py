"""The SQL record of ledger, cases, documents and staff; everything here takes a session and commits nothing itself."""
