"""Other people's websites: fetched under guard, politely, and read as a visitor sees them."""
