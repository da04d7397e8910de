"""Floor 2: one file for each verb, one public function, one transaction."""
