"""Starts the processes of the workbench, watches them, and leaves nothing running."""
