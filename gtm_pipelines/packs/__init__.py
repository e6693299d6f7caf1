"""Prompt packs: markdown with strict front matter, parsed, rendered and registered."""
