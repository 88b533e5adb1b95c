"""Write reach/services.json: hosts from botocore's endpoint rules, endpoint services from the tables below.

botocore knows which host a client calls; it does not know which services have a VPC endpoint, on which ports
they listen beyond 443, nor which of them has a gateway endpoint. That is written here by hand, and only here.

Run with ``make services`` (or ``python tools/make_services.py``).
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import botocore
from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import EndpointProviderError
from botocore.session import get_session

OUTPUT = Path(__file__).resolve().parent.parent / "reach" / "services.json"

# Endpoint services of AWS under com.amazonaws.<region>.<name> (SVC-02). A boto3 service of that name, or
# whose host is `<name>.<region>`, needs no further entry. The SES API and Shield are left out: SVC-02.
# https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
_PRIVATELINK = """
access-analyzer account acm acm-pca apigateway app-integrations appconfig appconfigdata
application-autoscaling application-signals applicationinsights appmesh apprunner aps athena auditmanager
autoscaling autoscaling-plans b2bi backup backup-gateway batch bcm-pricing-calculator bedrock bedrock-agent
bedrock-agent-runtime bedrock-agentcore bedrock-data-automation bedrock-data-automation-runtime
bedrock-runtime billing billingconductor braket cases cassandra ce cleanrooms cleanrooms-ml cloudcontrolapi
clouddirectory cloudformation cloudhsmv2 cloudtrail codebuild codecommit codedeploy codeguru-profiler
codeguru-reviewer codepipeline cognito-identity cognito-idp comprehend comprehendmedical compute-optimizer
config connect-campaigns controlcatalog cost-optimization-hub databrew dataexchange datasync datazone
devops-guru discovery dms drs ds ds-data dsql dynamodb ebs ec2 ecs eks eks-auth elasticache elasticbeanstalk
elasticfilesystem elasticloadbalancing elasticmapreduce emr-containers emr-serverless entityresolution
events execute-api fis forecast forecastquery frauddetector fsx glue grafana greengrass groundstation
guardduty healthlake identitystore imagebuilder inspector-scan inspector2 internetmonitor invoicing
iotfleetwise kafka kafkaconnect kendra kinesisanalytics kms lakeformation lambda launchwizard
license-manager license-manager-linux-subscriptions license-manager-user-subscriptions logs lookoutequipment
m2 macie2 mail-manager managedblockchain-query mediaconnect medical-imaging memory-db mgn
migrationhub-orchestrator migrationhub-strategy models-v2-lex monitoring mq neptune-graph network-firewall
networkflowmonitor networkmonitor observabilityadmin organizations outposts pca-connector-ad
pca-connector-scep pcs personalize personalize-events personalize-runtime pi pinpoint pinpoint-sms-voice-v2
pipes polly profile proton qapps ram rbin rds rds-data redshift redshift-data redshift-serverless
refactor-spaces rekognition repostspace resource-groups rolesanywhere rum runtime-v2-lex s3 s3-outposts
s3tables s3vectors sagemaker-geospatial scheduler schemas scn secretsmanager securityhub securitylake
serverlessrepo servicecatalog servicecatalog-appregistry servicediscovery signin snow-device-management sns
social-messaging sqs ssm ssm-contacts ssm-incidents ssm-quicksetup states storagegateway sts swf synthetics
tagging textract timestream-influxdb transcribe transfer translate trustedadvisor verifiedpermissions
voiceid vpc-lattice wafv2 wellarchitected wisdom workmail workspaces workspaces-web xray
"""
PRIVATELINK = frozenset(_PRIVATELINK.split())

# What the rule above does not find. A name with a brace or a leading owner (com., aws.) is full (SVC-03).
ENDPOINTS: dict[str, tuple[str, ...]] = {
    "appstream": ("appstream.api",),
    "bcm-data-exports": ("aws.api.{region}.bcm-data-exports",),
    "cloudfront": ("com.amazonaws.cloudfront",),
    "codeartifact": ("codeartifact.api",),
    "codecatalyst": ("aws.api.global.codecatalyst",),
    "codeconnections": ("codeconnections.api",),
    "codestar-connections": ("codestar-connections.api",),
    "deadline": ("deadline.management", "deadline.scheduling"),
    "dynamodbstreams": ("dynamodb-streams",),
    "ecr": ("ecr.api",),
    "ecr-public": ("ecr-public.api",),
    "firehose": ("kinesis-firehose",),
    "freetier": ("aws.api.{region}.freetier",),
    "geo-maps": ("geo.maps",),
    "geo-places": ("geo.places",),
    "geo-routes": ("geo.routes",),
    "iam": ("com.amazonaws.iam",),
    "iot-data": ("iot.data",),
    "iotdeviceadvisor": ("deviceadvisor.iot",),
    "iotsitewise": ("iotsitewise.api",),
    "iottwinmaker": ("iottwinmaker.api",),
    "iotwireless": ("iotwireless.api",),
    "kendra-ranking": ("aws.api.{region}.kendra-ranking",),
    "keyspacesstreams": ("api.aws.{region}.cassandra-streams",),
    "kinesis": ("kinesis-streams",),
    "location": ("geo.geofencing", "geo.maps", "geo.metadata", "geo.places", "geo.routes", "geo.tracking"),
    "mwaa": ("airflow.api",),
    "payment-cryptography": ("payment-cryptography.controlplane",),
    "payment-cryptography-data": ("payment-cryptography.dataplane",),
    "pricing": ("pricing.api",),
    "qbusiness": ("aws.api.{region}.qbusiness",),
    "route53": ("com.amazonaws.route53",),
    "sagemaker": ("sagemaker.api",),
    "sagemaker-featurestore-runtime": ("sagemaker.featurestore-runtime",),
    "sagemaker-metrics": ("sagemaker.metrics",),
    "sagemaker-runtime": ("sagemaker.runtime",),
    "savingsplans": ("com.amazonaws.savingsplans",),
    "taxsettings": ("tax",),
    "workspaces-thin-client": ("thinclient.api",),
}

# Hosts that people name and that have an endpoint service of their own, but no boto3 client (SVC-02).
# A leading "*." stands for the account, API or bucket label that every real host begins with.
WITHOUT_CLIENT: dict[str, dict[str, Any]] = {
    "ecr.dkr": {"host": "*.dkr.ecr.{region}.{dns}", "endpoints": ["ecr.dkr"]},
    "email-smtp": {"host": "email-smtp.{region}.{dns}", "endpoints": ["email-smtp"]},
    "execute-api": {"host": "*.execute-api.{region}.{dns}", "endpoints": ["execute-api"]},
    "s3express": {"host": "s3express-control.{region}.{dns}", "endpoints": ["s3express"]},
    "sync-states": {"host": "sync-states.{region}.{dns}", "endpoints": ["sync-states"]},
}

# SVC-02: ports other than 443/tcp alone.
PORTS = {
    "dsql": [443, 5432],
    "email-smtp": [465, 587, 2465, 2587],
    "iot-data": [443, 8883],
    "keyspaces": [443, 9142],
}

GATEWAY = ("dynamodb", "s3", "s3express")  # SVC-20
NO_PRIVATE_DNS = ("dynamodb",)  # SVC-14
NO_INTERFACE = ("s3express",)  # SVC-02: a gateway endpoint only, so private DNS means nothing either

# The owner's name in front of an endpoint service, where a partition has its own for some services. Gateway
# endpoints keep com.amazonaws everywhere.
OWNERS: dict[str, tuple[str, str]] = {
    "aws-cn": (
        "cn.com.amazonaws",
        """account application-autoscaling athena autoscaling backup batch cassandra cloudcontrolapi
        cloudformation databrew dms ebs ec2 ecr.api ecr.dkr eks elasticache elasticbeanstalk elasticfilesystem
        emr-containers execute-api fsx imagebuilder iot.data iotsitewise.api kinesis-streams lambda
        license-manager monitoring polly rds redshift redshift-data s3 sagemaker.api
        sagemaker.featurestore-runtime sagemaker.runtime securityhub servicecatalog sms sqs states sts
        sync-states synthetics transcribe transcribestreaming transfer workspaces xray""",
    ),
    "aws-eusc": ("eu.amazonaws", "ecr.api ecr.dkr execute-api securityhub"),
}

# The prefix of a service's IAM actions, where it is not its boto3 name (AUTH-04).
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
_ACTIONS = """
accessanalyzer=access-analyzer account-access-runtime=account-access agent-registry-control=agent-registry
amp=aps apigatewaymanagementapi=execute-api apigatewayv2=apigateway appconfigdata=appconfig
appintegrations=app-integrations application-insights=applicationinsights backupsearch=backup-search
bedrock-agent-runtime=bedrock bedrock-agent=bedrock bedrock-agentcore-control=bedrock-agentcore
bedrock-data-automation-runtime=bedrock bedrock-data-automation=bedrock bedrock-runtime=bedrock
chime-sdk-identity=chime chime-sdk-media-pipelines=chime chime-sdk-meetings=chime chime-sdk-messaging=chime
chime-sdk-voice=chime cleanroomsml=cleanrooms-ml cloudcontrol=cloudformation cloudhsmv2=cloudhsm
cloudsearchdomain=cloudsearch cloudwatchomni=cloudwatch codeguruprofiler=codeguru-profiler
compute-optimizer-automation=aco-automation connect-contact-lens=connect connectcampaigns=connect-campaigns
connectcampaignsv2=connect-campaigns connectcases=cases connecthealth=health-agent
connectparticipant=execute-api connectscheduling=connect customer-profiles=profile devops-agent=aidevops
docdb=rds dynamodbstreams=dynamodb ecr.dkr=ecr efs=elasticfilesystem elb=elasticloadbalancing
elbv2=elasticloadbalancing elementalinference=elemental-inference email-smtp=ses emr=elasticmapreduce
endusermessaging=end-user-messaging eventbridgev2=events forecastquery=forecast greengrassv2=greengrass
iam-toolbox=iam iot-data=iot iot-jobs-data=iotjobsdata iot-managed-integrations=iotmanagedintegrations
iotsecuretunneling=iot ivs-realtime=ivs keyspaces=cassandra keyspacesstreams=cassandra
kinesis-video-archived-media=kinesisvideo kinesis-video-media=kinesisvideo
kinesis-video-signaling=kinesisvideo kinesis-video-webrtc-storage=kinesisvideo
kinesisanalyticsv2=kinesisanalytics lambda-core=lambda lambda-microvms=lambda lambda-web=lambda
launch-wizard=launchwizard lex-models=lex lex-runtime=lex lexv2-models=lex lexv2-runtime=lex location=geo
mailmanager=ses marketplace-agreement=aws-marketplace marketplace-catalog=aws-marketplace
marketplace-deployment=aws-marketplace marketplace-discovery=aws-marketplace
marketplace-entitlement=aws-marketplace marketplace-reporting=aws-marketplace mediastore-data=mediastore
meteringmarketplace=aws-marketplace migration-hub-refactor-spaces=refactor-spaces migrationhub-config=mgh
migrationhuborchestrator=migrationhub-orchestrator migrationhubstrategy=migrationhub-strategy
mturk=mechanicalturk mwaa-serverless=airflow-serverless mwaa=airflow neptune=rds neptunedata=neptune-db
notificationscontacts=notifications-contacts opensearch=es opensearchserverless=aoss
partnercentral-revenue-measurement=partnercentral payment-cryptography-data=payment-cryptography
personalize-events=personalize personalize-runtime=personalize pinpoint-email=ses
pinpoint-sms-voice-v2=sms-voice pinpoint-sms-voice=sms-voice pinpoint=mobiletargeting
pricing-plan-manager=pricingplanmanager qconnect=wisdom resiliencehubv2=resiliencehub
resourcegroupstaggingapi=tag s3control=s3 s3outposts=s3-outposts sagemaker-a2i-runtime=sagemaker
sagemaker-edge=sagemaker sagemaker-featurestore-runtime=sagemaker
sagemaker-inference-router-runtime=sagemaker sagemaker-metrics=sagemaker sagemaker-runtime=sagemaker
sagemakerjobruntime=sagemaker sagemakertrainingsessionruntime=sagemaker service-quotas=servicequotas
servicecatalog-appregistry=servicecatalog sesv2=ses signer-data=signer simpledbv2=sdb
socialmessaging=social-messaging sso-admin=sso sso-oidc=sso-oauth stepfunctions=states supplychain=scn
support-app=supportapp sync-states=states taxsettings=tax timestream-query=timestream
timestream-write=timestream voice-id=voiceid workspaces-thin-client=thinclient
"""
ACTIONS = dict(pair.split("=") for pair in _ACTIONS.split())

HOSTS_IN = ("aws", "aws-cn", "aws-us-gov", "aws-eusc")  # partitions whose odd hosts are worth a line

# Usual hosts with addresses of both families that the endpoint rules do not tell of (FN-09).
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-internetwork-traffic-privacy.html
# https://docs.aws.amazon.com/sns/latest/dg/sns-endpoints.html
DUAL_ANYWAY = {"sns": ("aws",), "sqs": ("aws",)}


def build() -> dict[str, Any]:
    """Return the whole table as plain data, sorted."""
    session = get_session()
    loader = session.get_component("data_loader")
    partitions = loader.load_data("partitions")
    records = {name: _service(session, loader, partitions, name) for name in session.get_available_services()}
    records |= WITHOUT_CLIENT
    services = {name: record | _peculiar(name) for name, record in records.items()}
    return {
        "botocore": botocore.__version__,
        "partitions": [_partition(p) for p in partitions["partitions"]],
        "services": dict(sorted(services.items())),
    }


def _peculiar(name: str) -> dict[str, Any]:
    out: dict[str, Any] = {"ports": PORTS[name]} if name in PORTS else {}
    out |= {"gateway": True} if name in GATEWAY else {}
    out |= {"actions": ACTIONS[name]} if name in ACTIONS else {}
    return out | ({"private_dns": False} if name in NO_PRIVATE_DNS + NO_INTERFACE else {})


def _partition(data: dict[str, Any]) -> dict[str, Any]:
    out = {
        "id": data["id"],
        "regions": data["regionRegex"],
        "dns": data["outputs"]["dnsSuffix"],
        "dual": data["outputs"]["dualStackDnsSuffix"],
        "home": data["outputs"]["implicitGlobalRegion"],
    }
    if data["id"] in OWNERS:
        owner, names = OWNERS[data["id"]]
        out |= {"owner": owner, "owned": names.split()}
    return out


def _service(session: Any, loader: Any, partitions: dict[str, Any], name: str) -> dict[str, Any]:
    """One line of the file: the host as a template, the places that differ, the endpoint services."""
    rules = loader.load_service_model(name, "endpoint-rule-set-1")
    provider = EndpointProvider(rules, partitions)
    prefix = session.get_service_model(name).endpoint_prefix
    host = ""
    odd: dict[str, str] = {}
    for partition in partitions["partitions"]:  # "aws" comes first
        if partition["id"] not in HOSTS_IN:
            continue
        regions = sorted(r for r in partition["regions"] if not r.endswith("-global"))
        hosts = {region: _host(session, provider, rules, name, prefix, region) for region in regions}
        usual, exceptions = _templates(hosts, partition["outputs"])
        host = host or usual
        odd |= {partition["id"]: usual} if usual != host else {}
        odd |= exceptions
    record: dict[str, Any] = {"host": host}
    if odd:
        record["hosts"] = dict(sorted(odd.items()))
    label = host.split(".{region}.")[0]
    known = [n for n in (name, label) if n in PRIVATELINK]
    endpoints = list(ENDPOINTS.get(name, known[-1:]))
    if endpoints:
        record["endpoints"] = endpoints
    return record | _dual_stack(session, loader, partitions, name)


def _dual_stack(session: Any, loader: Any, partitions: dict[str, Any], name: str) -> dict[str, Any]:
    """The dual-stack host, where it is not the usual one under another suffix, and where the usual one is it."""
    rules = loader.load_service_model(name, "endpoint-rule-set-1")
    prefix = session.get_service_model(name).endpoint_prefix
    provider = EndpointProvider(rules, partitions)
    out: dict[str, Any] = {}
    both = set(DUAL_ANYWAY.get(name, ()))
    for partition in partitions["partitions"]:
        if partition["id"] not in HOSTS_IN or "UseDualStack" not in rules["parameters"]:
            continue
        region, words = partition["outputs"]["implicitGlobalRegion"], partition["outputs"]
        try:
            found: str = provider.resolve_endpoint(Region=region, UseDualStack=True).url
        except EndpointProviderError:
            continue
        dual = found.removeprefix("https://").split("/")[0]
        usual = _host(session, provider, rules, name, prefix, region)
        if dual == usual:
            both.add(partition["id"])
        elif name in DUAL_ANYWAY or dual != usual.removesuffix(words["dnsSuffix"]) + words["dualStackDnsSuffix"]:
            out.setdefault("dual", _template(dual, region, words))
    return out | ({"ipv6": sorted(both)} if both else {})


def _host(session: Any, provider: Any, rules: dict[str, Any], name: str, prefix: str, region: str) -> str:
    """The host that a client of this service calls in this region."""
    flags = {flag: False for flag in ("UseFIPS", "UseDualStack") if flag in rules["parameters"]}
    if name == "s3" and region == "us-east-1":
        flags["UseGlobalEndpoint"] = True  # boto3's default there is still the legacy host (SVC-11)
    try:
        url: str = provider.resolve_endpoint(Region=region, **flags).url
        return url.removeprefix("https://").split("/")[0]
    except EndpointProviderError:  # the rules want an argument of the call; the older resolver does not
        resolver = session.get_component("endpoint_resolver")
        return str(resolver.construct_endpoint(prefix, region)["hostname"])


def _templates(hosts: dict[str, str], outputs: dict[str, str]) -> tuple[str, dict[str, str]]:
    """Return the template of most regions of a partition, and the regions whose host is another one."""
    counts = Counter(_template(host, region, outputs) for region, host in hosts.items())
    usual = min(counts, key=lambda template: (-counts[template], template))
    words = {"dns": outputs["dnsSuffix"], "dual": outputs["dualStackDnsSuffix"]}
    return usual, {
        region: _template(host, region, outputs)
        for region, host in hosts.items()
        if usual.format(region=region, **words) != host
    }


def _template(host: str, region: str, outputs: dict[str, str]) -> str:
    for key, suffix in (("{dual}", outputs["dualStackDnsSuffix"]), ("{dns}", outputs["dnsSuffix"])):
        if host.endswith("." + suffix):
            host = host.removesuffix(suffix) + key
            break
    return ".".join("{region}" if label == region else label for label in host.split("."))


def render(table: dict[str, Any]) -> str:
    """Return the file's text: one line per partition and per service, so that a diff can be read."""
    lines = [f'{{"botocore": {json.dumps(table["botocore"])},', '"partitions": [']
    lines.append(",\n".join(json.dumps(p) for p in table["partitions"]))
    lines += ["],", '"services": {']
    lines.append(",\n".join(f"{json.dumps(n)}: {json.dumps(r)}" for n, r in table["services"].items()))
    return "\n".join([*lines, "}}"]) + "\n"


def main() -> int:
    table = build()
    loose = sorted(set(ENDPOINTS) - set(table["services"]))
    if loose:
        print(f"ENDPOINTS names services that botocore does not know: {', '.join(loose)}", file=sys.stderr)
    OUTPUT.write_text(render(table), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
