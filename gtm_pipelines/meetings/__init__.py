"""Meetings that an answer proposes: the line that says so, and the invitation that calendars read. Values only, no record."""
