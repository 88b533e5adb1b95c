"""All scenario rows together, and the codes that their answers name."""

from __future__ import annotations

from collections.abc import Iterator

from reach.answer import Answer
from tests import (
    scenario_built_in,
    scenario_crossings,
    scenario_databases,
    scenario_dns,
    scenario_domain_lists,
    scenario_encryption,
    scenario_endpoints,
    scenario_filters,
    scenario_firewalls,
    scenario_functions,
    scenario_gaps,
    scenario_groups,
    scenario_hosts,
    scenario_inspection,
    scenario_ipv6,
    scenario_journeys,
    scenario_lattice,
    scenario_legs,
    scenario_matrix,
    scenario_names,
    scenario_nat,
    scenario_nat64,
    scenario_needs,
    scenario_odd,
    scenario_points,
    scenario_policies,
    scenario_pollers,
    scenario_public_access,
    scenario_reflection,
    scenario_refused,
    scenario_roles,
    scenario_routes,
    scenario_served,
    scenario_source,
    scenario_tgw,
    scenario_transit,
    scenario_user,
    scenario_vpn,
    scenario_workloads,
)
from tests.scenario import Row

VPC: tuple[Row, ...] = (
    *scenario_matrix.MATRIX,
    *scenario_source.SOURCE,
    *scenario_functions.ATTACHMENT,
    *scenario_functions.VERSIONS,
    *scenario_functions.ODDITIES,
    *scenario_roles.ROLES,
    *scenario_workloads.WORKLOADS,
    *scenario_pollers.POLLERS,
    *scenario_pollers.UNASKED,
    *scenario_needs.NEEDS,
    *scenario_routes.ROUTES,
    *scenario_nat.NATS,
    *scenario_nat64.NAT64_ROWS,
    *scenario_hosts.HOST_ROWS,
    *scenario_vpn.OUTWARD,
    *scenario_transit.TRANSIT,
    *scenario_tgw.STATES,
    *scenario_tgw.ROUTES,
    *scenario_tgw.NAMES,
    *scenario_encryption.ENCRYPTION,
    *scenario_crossings.CROSSINGS,
    *scenario_journeys.JOURNEYS,
    *scenario_transit.APPLIANCES,
    *scenario_public_access.PUBLIC_ACCESS,
    *scenario_reflection.REFLECTED,
    *scenario_inspection.TARGETS,
    *scenario_inspection.APPLIANCES,
    *scenario_inspection.EDGE,
    *scenario_firewalls.ENDPOINTS,
    *scenario_firewalls.FIREWALLS,
    *scenario_domain_lists.LISTS,
    *scenario_filters.GROUPS,
    *scenario_filters.ACLS,
    *scenario_groups.REFERENCES,
    *scenario_legs.LEGS,
    *scenario_endpoints.GATEWAY,
    *scenario_endpoints.INTERFACE,
    *scenario_endpoints.NAMES,
    *scenario_names.NAMES,
    *scenario_lattice.ENDPOINTS,
    *scenario_lattice.GATEWAYS,
    *scenario_refused.REFUSED,
    *scenario_lattice.NAMED,
    *scenario_lattice.INSTANCES,
    *scenario_dns.ZONES,
    *scenario_dns.RULES,
    *scenario_dns.FIREWALL,
    *scenario_dns.NEXT_DOOR,
    *scenario_dns.SERVERS,
    *scenario_ipv6.IPV6,
    *scenario_databases.RDS,
    *scenario_databases.CACHES,
    *scenario_served.SERVED,
    *scenario_policies.POLICIES,
    *scenario_points.POINTS_AND_LIMITS,
    *scenario_gaps.DECIDING,
    *scenario_gaps.BEATEN,
    *scenario_gaps.ASSUMED,
    *scenario_gaps.RECORDS,
    *scenario_odd.ODD,
    *scenario_built_in.BUILT_IN,
)
USER: tuple[Row, ...] = (*scenario_user.PROBLEMS, *scenario_user.TEMPLATES, *scenario_functions.FINE)


def codes(got: Answer) -> Iterator[str]:
    """Every code, cause and note that an answer names."""
    after = got.after_failover.blockers if got.after_failover else ()
    for blocker in (*got.blockers, *got.unknowns, *after):
        yield blocker.code
        if blocker.cause:
            yield blocker.cause
    yield from (note.code for note in got.notes)
