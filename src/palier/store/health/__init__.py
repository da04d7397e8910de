"""How old the oldest thing is that waits, kind by kind."""
