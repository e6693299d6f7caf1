"""Finding the evidence: everything that is known, cut into pieces and searched by words and by meaning."""
