"""People who work with the back-office, and what they have looked at."""
