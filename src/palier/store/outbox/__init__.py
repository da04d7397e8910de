"""What goes out (intents) and what came in (inbox)."""
