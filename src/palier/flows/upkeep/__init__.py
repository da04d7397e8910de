"""What keeps an installation whole: seals, backups, forgetting."""
