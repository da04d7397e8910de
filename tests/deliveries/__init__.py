"""What shops tell, delivered never, late, out of order or five times, comes to the same (I-12, G3)."""
