"""API Gateway: REST APIs, of which only private ones are served behind an execute-api endpoint (AUTH-29)."""

from __future__ import annotations

from collections.abc import Iterator

from reach.describe.records import Section, document, part, text, texts
from reach.network import Thing
from reach.network.served import RestApi


def read(section: Section) -> Iterator[Thing]:
    """All REST APIs of an account and region."""
    for record in section.rows("apigateway:items"):
        configuration = part(record, "endpointConfiguration")
        yield RestApi(
            id=f"api:{text(record, 'id')}",
            home=section.home,
            name=text(record, "name"),
            types=texts(configuration, "types"),
            policy=document(record.get("policy")).replace('\\"', '"'),
            endpoints=texts(configuration, "vpcEndpointIds"),
        )
