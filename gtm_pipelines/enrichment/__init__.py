"""Facts about companies and contacts, each with its source and confidence."""
