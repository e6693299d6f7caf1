"""Proofs by experiment: the real services under real trouble, counted on both sides."""
