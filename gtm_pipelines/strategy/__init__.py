"""What to offer whom and why: six documents from the sender's own website, corrected by people."""
