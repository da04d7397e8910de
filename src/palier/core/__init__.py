"""Floor 0: everything that decides a number, as pure functions over frozen values."""
