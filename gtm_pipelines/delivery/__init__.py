"""The ledger, policy and hand-over of outgoing mail."""
