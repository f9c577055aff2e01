"""One door per outside program or service."""
