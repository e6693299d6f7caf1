"""Probable duplicates: found and scored by the machine, merged, kept apart or taken back by people."""
