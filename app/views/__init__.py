"""The pages, each a script that the router runs."""
