"""What a name resolves to inside a VPC, offline: AWS services, database hosts, endpoint names, public hosts."""

from reach.dns.hosts import resolve_host
from reach.dns.services import resolve_service
from reach.dns.zones import resolver

__all__ = ["resolve_host", "resolve_service", "resolver"]
