"""Which entries a query or a message means."""
