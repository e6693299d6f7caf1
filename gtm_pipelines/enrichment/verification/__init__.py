"""Whether addresses take mail: syntax, mail servers, vendors' verdicts, and what share of a list will come back."""
