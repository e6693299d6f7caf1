"""Drafts of messages from packs."""
