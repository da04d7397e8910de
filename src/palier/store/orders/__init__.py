"""Orders with lines and refunds, events and gifts."""
