"""Network interfaces of test worlds, and the addresses given to them."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from tests.world_records import Record, Records


class Interfaces(Records):
    """Records with interfaces; every address of a subnet is given out once."""

    def interface(
        self,
        subnet: str,
        address: str | None = None,
        groups: Sequence[str] = (),
        *,
        type: str = "interface",
        public_ip: str | None = None,
        description: str = "",
        requester: str | None = None,
        status: str = "in-use",
        instance: str | None = None,
        id: str | None = None,
    ) -> str:
        """Make an interface of type "interface", "lambda", "nat_gateway" or "vpc_endpoint"."""
        eni, private = self.new_id("eni", id), address or self.next_address(subnet)
        place, serial = self[subnet], self._serial["mac"]
        self._serial["mac"] += 1
        association: Record = (
            {}
            if public_ip is None
            else {"Association": {"IpOwnerId": self.account, "PublicDnsName": "", "PublicIp": public_ip}}
        )
        attached = {
            "AttachmentId": self.new_id("eni-attach"),
            "DeleteOnTermination": False,
            "DeviceIndex": 1,
            "InstanceOwnerId": "amazon-aws" if instance is None else self.account,
            "Status": "attached",
            **({} if instance is None else {"InstanceId": instance}),
        }
        managed = requester is not None or type == "lambda"
        self.add(
            "NetworkInterfaces",
            {
                **association,
                **({"Attachment": attached} if status == "in-use" else {}),
                "AvailabilityZone": place["AvailabilityZone"],
                "Description": description,
                "Groups": self._group_ids(groups),
                "InterfaceType": type,
                "Ipv6Addresses": [],
                "MacAddress": f"06:00:00:00:{serial // 256:02x}:{serial % 256:02x}",
                "NetworkInterfaceId": eni,
                "OwnerId": self.account,
                "PrivateDnsName": f"ip-{private.replace('.', '-')}.{self.region}.compute.internal",
                "PrivateIpAddress": private,
                "PrivateIpAddresses": [{**association, "Primary": True, "PrivateIpAddress": private}],
                **({"RequesterId": requester or f"AROA:{self.account}"} if managed else {}),
                "RequesterManaged": managed,
                "SourceDestCheck": type != "nat_gateway",
                "Status": status,
                "SubnetId": subnet,
                "TagSet": [],
                "VpcId": place["VpcId"],
            },
            eni,
        )
        return eni

    def address(self, eni: str) -> str:
        """Return an interface's private address."""
        return str(self[eni]["PrivateIpAddress"])

    def next_address(self, subnet: str) -> str:
        """Return the first address of the subnet that AWS would still give away."""
        taken = {eni["PrivateIpAddress"] for eni in self.collections["NetworkInterfaces"]}
        hosts = ipaddress.ip_network(self[subnet]["CidrBlock"])
        return next(str(host) for host in list(hosts)[4:-1] if str(host) not in taken)

    def _public_ip(self) -> str:
        self._serial["public"] += 1
        return str(ipaddress.ip_address("54.72.0.0") + self._serial["public"])

    def _group_ids(self, groups: Sequence[str]) -> list[Record]:
        return [{"GroupId": group, "GroupName": self[group]["GroupName"]} for group in groups]

    def _in_vpc(self, key: str, vpc: str) -> list[Record]:
        return [record for record in self.collections[key] if record["VpcId"] == vpc]
