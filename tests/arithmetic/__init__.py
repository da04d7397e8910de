"""Splits, refunds, tax and currencies by the million, compared with whole numbers that know nothing of the core."""
