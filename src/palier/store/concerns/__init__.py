"""What needs a look: found by the database, and what was looked at already."""
