"""The codes that judging a policy gives: a deployment refused, and policies that do not do what they look like."""

from __future__ import annotations

from reach.answer import Layer, Reason

_MV = (
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
    "reference_policies_condition-single-vs-multi-valued-context-keys.html"
)
_LOGIC = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html"
_KEYS = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html"

ALTERNATIVES = Reason(
    "POLICY_ALLOWS_ARE_ALTERNATIVES",
    "A restriction has no effect beside a wider Allow",
    "Statements that allow are alternatives: what one of them admits is admitted, whatever the others demand.",
    "Put all conditions into one statement, or state the limits as Deny.",
    Layer.AUTHZ,
    _LOGIC,
)
NO_VPC_PASSES = Reason(
    "POLICY_ADMITS_NO_VPC",
    "The restriction also admits functions in no VPC",
    "ForAllValues holds where the key is missing, and a function in no VPC has none of the network keys.",
    'Add "Null": {"lambda:SubnetIds": "false"} (or the key in question) to the same Condition.',
    Layer.AUTHZ,
    _MV,
)
DENY_OF_ALL = Reason(
    "POLICY_DENIES_ONLY_IF_ALL",
    "The denial misses mixtures and hits functions in no VPC",
    "Deny with ForAllValues applies only where every value matches, and where there is none at all.",
    "Use ForAnyValue in the Deny: one forbidden value is then enough, and a function in no VPC is left alone.",
    Layer.AUTHZ,
    _MV,
)
LIST_OPERATOR = Reason(
    "POLICY_LIST_NEEDS_SET_OPERATOR",
    "A key that holds a list is compared without a set operator",
    "lambda:SubnetIds and lambda:SecurityGroupIds hold lists; what a plain operator says of a list is not defined.",
    "Write ForAnyValue: or ForAllValues: before the operator.",
    Layer.AUTHZ,
    _MV,
)
SINGLE_OPERATOR = Reason(
    "POLICY_SET_OPERATOR_ON_SINGLE_VALUE",
    "A key with one value is compared with a set operator",
    "With ForAllValues a missing key counts as a match, which a plain operator would not do.",
    "Use the operator without ForAllValues: or ForAnyValue:.",
    Layer.AUTHZ,
    _MV,
)
NEVER_THERE = Reason(
    "POLICY_KEY_NOT_IN_REQUEST",
    "No action of the statement carries this key",
    "Only creating a function and changing its configuration (and, for subnets and groups, creating a capacity "
    "provider) carry Lambda's network keys; for other actions the key is missing.",
    "Name lambda:CreateFunction and lambda:UpdateFunctionConfiguration in the statement.",
    Layer.AUTHZ,
    _KEYS,
)
DENIED = Reason(
    "POLICY_DENIES_DEPLOYMENT",
    "The policy does not let this function be deployed into this network",
    "A statement denies the request, or none allows it: AWS answers with AccessDeniedException before anything is "
    "deployed.",
    "Choose subnets and groups that the policy admits, or change the statement that the trace names.",
    Layer.AUTHZ,
    _KEYS,
)
DEPLOYER = Reason(
    "DEPLOYER_LACKS_EC2_PERMISSIONS",
    "The policy does not let its holder look at subnets and groups",
    "Whoever attaches a function to a VPC also needs to read security groups, subnets and VPCs.",
    "Allow ec2:DescribeSecurityGroups, ec2:DescribeSubnets, ec2:DescribeVpcs and ec2:GetSecurityGroupsForVpc on *.",
    Layer.AUTHZ,
    _KEYS,
)
REASONS = (DENIED, DEPLOYER, ALTERNATIVES, NO_VPC_PASSES, DENY_OF_ALL, LIST_OPERATOR, SINGLE_OPERATOR, NEVER_THERE)
