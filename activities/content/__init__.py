"""What is put into letters and reports: from the ledger, the record of the case and what people wrote."""
