"""Revisions, decisions and approvals bound to a content hash."""
