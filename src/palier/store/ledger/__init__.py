"""The append-only ledger: entries, lots, draws, renewals, coupons."""
