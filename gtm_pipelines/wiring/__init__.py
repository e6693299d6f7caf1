"""The rooms of the composition root: services over one record, and the adapters that they are given."""
