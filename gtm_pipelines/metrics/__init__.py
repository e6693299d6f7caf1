"""Measures with denominators, intervals and floors; traffic lights."""
