"""Filter trees over contacts and companies, their versions and previews."""
