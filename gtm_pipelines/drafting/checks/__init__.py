"""What a draft says that stands in nothing it was given, and what else must not go out: by rule alone, English and Russian."""
