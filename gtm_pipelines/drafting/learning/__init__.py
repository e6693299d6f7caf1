"""What people's decisions, edits and replies teach: examples, better packs, benchmarks."""
