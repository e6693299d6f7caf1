"""The warehouse: DuckDB copies and marts that can be deleted and rebuilt. Written by pipeline runs only."""
