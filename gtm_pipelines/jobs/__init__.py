"""Requests that a face commits and a pipeline run carries out."""
