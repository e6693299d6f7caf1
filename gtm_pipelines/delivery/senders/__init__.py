"""Senders, one provider a file. Each fulfils delivery.model.Sender."""
