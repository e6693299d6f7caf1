"""What several pages share: headers, errors, job progress, tables."""
