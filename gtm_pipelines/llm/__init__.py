"""Language models: providers, failover, budgets, the cache, and a row for every call."""
