"""Points that are no order's, and time."""
