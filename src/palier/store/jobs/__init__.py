"""What workers need to know of each other: who lives, what comes when, how far they are."""
