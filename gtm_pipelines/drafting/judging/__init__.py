"""How good a draft is and how much harm it could do: by a model, by plain rules, and how far people agree."""
