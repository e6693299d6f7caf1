"""The GTM workbench: lists, campaigns, mail and what came of them, on one machine."""
