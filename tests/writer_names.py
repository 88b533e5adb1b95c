"""Zones, Resolver rules, DNS Firewall, buckets, REST APIs and roles, as resources of a template."""

from __future__ import annotations

import json

from tests.writer_base import REGION, Base, Inexpressible, logical


class Names(Base):
    """What decides about names and permissions."""

    def zones(self) -> None:
        records = {r["HostedZoneId"]: r for r in self.rows("route53:RecordSets")}
        for zone in self.rows("route53:HostedZones"):
            id = zone["HostedZoneId"]
            self.own(id, "Route53::HostedZone", Name=zone["Name"],
                     VPCs=[{"VPCId": self.ref(zone["VPCId"]), "VPCRegion": REGION}])  # fmt: skip
            self.ids[id] = "Z" + self.made(id, prefix="x")[2:].upper()
            for number, record in enumerate(records.get(id, {}).get("ResourceRecordSets") or ()):
                values = {"ResourceRecords": [v["Value"] for v in record["ResourceRecords"]], "TTL": "60"}
                self.put(f"{logical(id)}Record{number}", "Route53::RecordSet", HostedZoneId=self.ref(id),
                         **(record | values))  # fmt: skip
        for rule in self.rows("route53resolver:ResolverRules"):
            self.own(rule["Id"], "Route53Resolver::ResolverRule", DomainName=rule["DomainName"],
                     RuleType=rule["RuleType"], TargetIps=rule["TargetIps"])  # fmt: skip
        for number, held in enumerate(self.rows("route53resolver:ResolverRuleAssociations")):
            self.put(f"ResolverRuleAssociation{number}", "Route53Resolver::ResolverRuleAssociation",
                     ResolverRuleId=self.ref(held["ResolverRuleId"]), VPCId=self.ref(held["VPCId"]))  # fmt: skip
        self._firewall()

    def _firewall(self) -> None:
        domains = {d["FirewallDomainListId"]: d["Domains"] for d in self.rows("route53resolver:FirewallDomains")}
        for listed in self.rows("route53resolver:FirewallDomainLists"):
            self.own(listed["Id"], "Route53Resolver::FirewallDomainList", Name=listed["Name"],
                     Domains=domains[listed["Id"]])  # fmt: skip
        rules = self.rows("route53resolver:FirewallRules")
        for id in sorted({rule["FirewallRuleGroupId"] for rule in rules}):
            mine = [{k: self.ref(v) if isinstance(v, str) else v for k, v in rule.items() if k != "FirewallRuleGroupId"}
                    for rule in rules if rule["FirewallRuleGroupId"] == id and "FirewallRules" not in rule]  # fmt: skip
            self.own(id, "Route53Resolver::FirewallRuleGroup", FirewallRules=mine)
        for number, held in enumerate(self.rows("route53resolver:FirewallRuleGroupAssociations")):
            self.put(f"FirewallAssociation{number}", "Route53Resolver::FirewallRuleGroupAssociation",
                     FirewallRuleGroupId=self.ref(held["FirewallRuleGroupId"]), VpcId=self.ref(held["VpcId"]),
                     Priority=held["Priority"])  # fmt: skip

    def policies(self) -> None:
        for held in self.rows("s3:BucketPolicies"):
            name = held["Bucket"]
            if not held.get("Policy", "{").startswith("{"):
                raise Inexpressible("a policy that is none")
            self.put(logical(name), "S3::Bucket", BucketName=name)
            if held.get("Policy"):
                self.put(f"{logical(name)}Policy", "S3::BucketPolicy", Bucket={"Ref": logical(name)},
                         PolicyDocument=self.replaced(json.loads(held["Policy"])))  # fmt: skip
        for api in self.rows("apigateway:items"):
            self.ids[api["id"]] = self.digits(logical(api["name"]), 10)
            self.put(logical(api["name"]), "ApiGateway::RestApi", Name=api["name"],
                     EndpointConfiguration={"Types": api["endpointConfiguration"]["types"]},
                     Policy=json.loads(api["policy"]) if api.get("policy") else None)  # fmt: skip
        inline = self.rows("iam:RolePolicies")
        attached = {r["RoleName"]: r["AttachedPolicies"] for r in self.rows("iam:AttachedPolicies")}
        trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        for held in self.rows("iam:PolicyNames"):
            role = held["RoleName"]
            name = f"{role}-role"
            self.references[f"role/{role}"] = {"Fn::GetAtt": [logical(name), "Arn"]}
            self.put(logical(name), "IAM::Role", RoleName=role, AssumeRolePolicyDocument={"Statement": [trust]},
                     Policies=[{k: p[k] for k in ("PolicyName", "PolicyDocument")} for p in inline
                               if p["RoleName"] == role],
                     ManagedPolicyArns=[p["PolicyArn"] for p in attached[role]] or None)  # fmt: skip
