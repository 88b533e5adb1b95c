"""Functions with versions and aliases, pollers, ECS services and models, as resources of a template."""

from __future__ import annotations

from tests.writer_base import Base, Inexpressible, Record, logical

STATES = (("State", "Active"), ("LastUpdateStatus", "Successful"))


class Senders(Base):
    """Who asks."""

    def functions(self) -> None:
        for function in self.rows("Functions"):
            name = function["FunctionName"]
            for key, usual in STATES:
                if function.get(key, usual) != usual:
                    raise Inexpressible(f"a function whose {key} is {function[key]}: that is told at run time")
            if function.get("CapacityProviderConfig"):
                raise Inexpressible("a function on managed instances, whose capacity provider is told elsewhere")
            config = function.get("VpcConfig") or {}
            if config.get("VpcId") and not config.get("SubnetIds"):
                raise Inexpressible("a function whose subnets were not read")
            role = function.get("Role")
            self.named(name, f"function-{name}", "Lambda::Function", FunctionName=name, Runtime="python3.13",
                       Handler="app.handler", Code={"ZipFile": "def handler(event, context): pass"},
                       Role=self.references.get(f"role/{(role or '').rpartition('/')[2]}", role),
                       VpcConfig=self._config(function.get("VpcConfig") or {}))  # fmt: skip
        if self.rows("Versions"):
            raise Inexpressible("versions of a function with other networks than it has now: a template has one")

    def _config(self, config: Record) -> Record | None:
        if not config.get("SubnetIds"):
            return None
        dual = {"Ipv6AllowedForDualStack": True} if config.get("Ipv6AllowedForDualStack") else {}
        return {
            "SubnetIds": self.refs(config["SubnetIds"]),
            "SecurityGroupIds": self.refs(config["SecurityGroupIds"]),
        } | dual

    def others(self) -> None:
        for service in self.rows("ecs:services"):
            name = service["serviceName"]
            config = service["networkConfiguration"]["awsvpcConfiguration"]
            inner = {"Subnets": self.refs(config["subnets"]), "SecurityGroups": self.refs(config["securityGroups"])}
            inner |= {"AssignPublicIp": config["assignPublicIp"]} if "assignPublicIp" in config else {}
            self.put(f"{logical(name)}Service", "ECS::Service", ServiceName=name, LaunchType="FARGATE",
                     Cluster=service["clusterArn"].rpartition("/")[2], TaskDefinition="web:1",
                     NetworkConfiguration={"AwsvpcConfiguration": inner})  # fmt: skip
        for model in self.rows("sagemaker:Models"):
            name, config = model["ModelName"], model["VpcConfig"]
            self.put(f"{logical(name)}Model", "SageMaker::Model", ModelName=name,
                     EnableNetworkIsolation=model["EnableNetworkIsolation"],
                     ExecutionRoleArn="arn:aws:iam::123456789012:role/model",
                     VpcConfig={key: self.refs(config[key]) for key in ("Subnets", "SecurityGroupIds")})  # fmt: skip
        for number, poller in enumerate(self.rows("EventSourceMappings")):
            self.put(f"Poller{number}", "Lambda::EventSourceMapping", EventSourceArn=self.ref(poller["EventSourceArn"]),
                     FunctionName="elsewhere")  # fmt: skip
            self.ids[poller["UUID"]] = self.digits(f"Poller{number}", 8, 4, 4, 4, 12)
