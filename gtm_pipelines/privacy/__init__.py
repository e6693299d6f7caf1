"""What is known of one person: given to them as a file, and erased everywhere on request."""
