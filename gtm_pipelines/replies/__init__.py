"""Incoming mail: collected, attributed, classified."""
