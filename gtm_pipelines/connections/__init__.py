"""The user's tools: what each is for, its key, whether it answers, and what of its limits is used."""
