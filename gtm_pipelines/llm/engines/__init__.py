"""What answers a request: one module a kind of engine. Only the registry and the composition root name them."""
