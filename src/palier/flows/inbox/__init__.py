"""What shops push."""
