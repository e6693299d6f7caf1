"""Sources of facts, one provider a file. Only the composition root names them."""
