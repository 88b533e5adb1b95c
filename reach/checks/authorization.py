"""Why policies at the ends refuse a request (layer authz); ask/judge.py emits these."""

from __future__ import annotations

from reach.answer import Layer, Reason

_EPP = "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html"
_S3BP = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies-vpc-endpoint.html"
_API = "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-apis.html"

ENDPOINT_DENIES = Reason(
    code="ENDPOINT_POLICY_DENIES",
    title="The endpoint's policy does not let this request pass",
    why="The packets arrive, and the service answers 403 AccessDenied. An endpoint policy is an upper bound: what no "
    "statement of it allows cannot be done through this endpoint. Policies for a company's own buckets also shut out "
    "buckets of AWS: image layers, packages, CloudFormation's answers.",
    fix="Allow the action on the resource in the endpoint's policy: aws ec2 modify-vpc-endpoint --vpc-endpoint-id VPCE "
    "--policy-document file://policy.json",
    layer=Layer.AUTHZ,
    source=_EPP,
)
RESOURCE_DENIES = Reason(
    code="RESOURCE_POLICY_DENIES",
    title="The resource's own policy denies this path",
    why="The packets arrive, and the service answers 403 AccessDenied. A condition on aws:SourceVpce, aws:SourceVpc or "
    "aws:SourceIp refuses the way that the request takes; behind an endpoint there is no aws:SourceIp.",
    fix="Admit the endpoint or the address that this path uses in the condition.",
    layer=Layer.AUTHZ,
    source=_S3BP,
)
PATH = Reason(
    code="RESOURCE_POLICY_DENIES_PATH",
    title="The way is open, but the bucket's policy refuses it",
    why="Since an endpoint was added, requests carry aws:SourceVpce instead of aws:SourceIp; or they come through a "
    "NAT gateway where the policy demands an endpoint.",
    fix="Add what this path brings to the policy's condition: the endpoint's id (aws:SourceVpce), or without one the "
    "NAT gateway's public address (aws:SourceIp).",
    layer=Layer.AUTHZ,
    source=_S3BP,
)
CAPTURED = Reason(
    code="PRIVATE_DNS_CAPTURES_EXECUTE_API",
    title="An endpoint for private APIs takes over a public one",
    why="With private DNS an execute-api endpoint answers for every API of the Region in this VPC; APIs that are not "
    "private are not served there and answer 403 Forbidden.",
    fix="Use a custom domain name for the public API, or switch the endpoint's private DNS off.",
    layer=Layer.AUTHZ,
    source="https://repost.aws/knowledge-center/api-gateway-vpc-connections",
)
NO_API_POLICY = Reason(
    code="RESOURCE_POLICY_DENIES",
    title="The private API admits nobody",
    why="A private REST API answers 403 until a resource policy allows execute-api:Invoke.",
    fix="Attach a resource policy that allows execute-api:Invoke from the endpoint, and deploy the API again.",
    layer=Layer.AUTHZ,
    source=_API,
)
FROM_OUTSIDE = Reason(
    code="RESOURCE_POLICY_DENIES",
    title="A private API is called past its endpoints",
    why="A private REST API answers 403 Forbidden to whatever does not come through an execute-api endpoint.",
    fix="Call it from a VPC with an interface endpoint for execute-api whose private DNS is on, or by the name "
    "API-VPCE.execute-api.REGION.amazonaws.com of an endpoint that the API lists.",
    layer=Layer.AUTHZ,
    source=_API,
)
MOUNT_REFUSED = Reason(
    code="RESOURCE_POLICY_DENIES",
    title="The file system's policy refuses the mount",
    why="The packets arrive, and the mount is denied: a file system with a policy of its own admits only whom that or "
    "the role allows to mount it, and nobody whom it denies. EFS knows few conditions: TLS, the access point, whether "
    "a mount target is used, public source addresses.",
    fix="Allow elasticfilesystem:ClientMount to the role in the file system's policy.",
    layer=Layer.AUTHZ,
    source="https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html",
)
NOT_DECIDED = Reason(
    code="POLICY_NOT_DECIDED",
    title="A policy on the way admits this only under further conditions",
    why="It names particular resources, callers or values that the question leaves open.",
    fix="Ask about the resource itself (s3://BUCKET) and the action (--action s3:GetObject).",
    layer=Layer.AUTHZ,
    source=_EPP,
)
OTHER_VPC = Reason(
    code="ACCESS_POINT_OF_OTHER_VPC",
    title="The access point takes requests from another VPC only",
    why="An S3 access point of network origin VPC answers 403 AccessDenied to everything that does not come through an "
    "S3 endpoint in its VPC, whatever the policies say. The origin cannot be changed later.",
    fix="Go through an S3 endpoint in the access point's VPC, or make another access point.",
    layer=Layer.AUTHZ,
    source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-vpc.html",
)
SYNTAX = Reason(
    code="ENDPOINT_POLICY_SYNTAX",
    title="AWS does not accept an endpoint policy like this",
    why="Endpoint policies have limits of their own: size, a principal in every statement, few wildcards. AWS refuses "
    "to store one that breaks them, so this policy cannot be what the endpoint has.",
    fix="Rewrite the statement that the note names.",
    layer=Layer.AUTHZ,
    source=_EPP,
)
REASONS = (
    OTHER_VPC,
    SYNTAX,
    ENDPOINT_DENIES,
    RESOURCE_DENIES,
    PATH,
    CAPTURED,
    NO_API_POLICY,
    FROM_OUTSIDE,
    MOUNT_REFUSED,
    NOT_DECIDED,
)
