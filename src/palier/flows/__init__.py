"""One file per verb: one public function, one transaction."""
