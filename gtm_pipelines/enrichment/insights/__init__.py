"""What the facts about a company or a person mean for an offer: every claim names the facts it rests on."""
