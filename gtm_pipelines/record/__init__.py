"""The record: the truth, in SQLite or PostgreSQL, through SQLAlchemy Core. One query module a subject."""
