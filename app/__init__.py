"""The web app: pages that call one service each and show what it says. No SQL and no rules."""
