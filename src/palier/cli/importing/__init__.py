"""Files from outside, understood: rows read in streams, columns guessed, and turned into what the flows take."""
