"""How a model writes a draft: from what is known, over a plan, to a text that rules have looked at."""
