"""What shops tell of orders: one road for all of them."""
