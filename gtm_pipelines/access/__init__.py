"""Who may come in: accounts with roles, signing in and out, and whether a door may stand open at all."""
