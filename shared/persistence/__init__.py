"""The store of a tenant's aggregates, its outbox journal, leases, revisions and the inventory of personal data."""
