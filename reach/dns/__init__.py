"""What a name resolves to inside a VPC, offline: AWS services, database hosts, endpoint names, public hosts."""

from reach.dns.hosts import resolve_database, resolve_host, resolve_service

__all__ = ["resolve_database", "resolve_host", "resolve_service"]
