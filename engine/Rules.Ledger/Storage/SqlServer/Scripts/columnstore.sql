-- Optional: reports over long histories read columns, not rows. Every commit then keeps one more index; on a hot ledger measure first.
CREATE NONCLUSTERED COLUMNSTORE INDEX ix_journal_columns ON ledger.journal(account_id, seq, kind, amount, occurred_at, recorded_at, late, version, outcome, balance_after);
GO
CREATE NONCLUSTERED COLUMNSTORE INDEX ix_posting_columns ON ledger.posting(account_id, seq, line, lot_no, d_granted, d_available, d_held, d_spent, d_expired, d_moved);
GO
