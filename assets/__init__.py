"""Dagster's side of the workbench: bindings from assets to services, and nothing else."""
