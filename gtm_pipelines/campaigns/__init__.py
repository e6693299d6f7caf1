"""Campaigns and their frozen targets."""
