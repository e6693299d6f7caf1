"""Mailboxes, one provider a file. Each fulfils replies.model.Mailbox."""
