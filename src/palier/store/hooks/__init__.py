"""How shops push to us: their secrets, and what arrived when."""
