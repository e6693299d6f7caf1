"""Import: bytes to rows to companies and contacts, with every row accounted for."""
