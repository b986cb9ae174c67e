"""What AWS refuses and moto accepts."""

import json
import re

from change import Change, register

REFUSALS: list[Change] = []

API = "https://docs.aws.amazon.com"


@register(
    REFUSALS,
    "private-api-without-policy",
    "A deployment of a private API that has no resource policy fails.",
    f"{API}/apigateway/latest/developerguide/apigateway-private-apis.html",
)
def refuse_deployment_without_policy() -> None:
    from moto.apigateway.exceptions import BadRequestException
    from moto.apigateway.models import APIGatewayBackend

    create = APIGatewayBackend.create_deployment

    def refusing(self, function_id, *args, **kwargs):
        api = self.get_rest_api(function_id)
        if "PRIVATE" in api.endpoint_configuration.get("types", []) and not api.policy:
            raise BadRequestException("Private REST API doesn't have a resource policy attached to it")
        return create(self, function_id, *args, **kwargs)

    APIGatewayBackend.create_deployment = refusing


@register(
    REFUSALS,
    "stage-logs-without-account-role",
    "Access and execution logs need the account-wide CloudWatch role.",
    f"{API}/apigateway/latest/developerguide/set-up-logging.html",
)
def refuse_logs_without_account_role() -> None:
    from moto.apigateway.exceptions import BadRequestException
    from moto.apigateway.models import APIGatewayBackend

    update = APIGatewayBackend.update_stage

    def turns_logs_on(operation) -> bool:
        path, value = operation["path"], operation.get("value")
        return (path == "/accessLogSettings/destinationArn" and bool(value)) or (
            path.endswith("/logging/loglevel") and value in ("ERROR", "INFO")
        )

    def refusing(self, function_id, stage_name, patch_operations):
        if any(map(turns_logs_on, patch_operations)) and not self.get_account().cloudwatch_role_arn:
            raise BadRequestException("CloudWatch Logs role ARN must be set in account settings to enable logging")
        return update(self, function_id, stage_name, patch_operations)

    APIGatewayBackend.update_stage = refusing


@register(
    REFUSALS,
    "concurrency-with-provisioned-pollers",
    "An event source mapping has either a maximum concurrency or provisioned pollers.",
    f"{API}/lambda/latest/dg/services-sqs-scaling.html",
)
def refuse_concurrency_with_pollers() -> None:
    from moto.awslambda.exceptions import InvalidParameterValueException
    from moto.awslambda.models import LambdaBackend

    create = LambdaBackend.create_event_source_mapping

    def refusing(self, spec):
        if (spec.get("ScalingConfig") or {}).get("MaximumConcurrency") and spec.get("ProvisionedPollerConfig"):
            raise InvalidParameterValueException(
                "MaximumConcurrency and ProvisionedPollerConfig cannot be configured at the same time"
            )
        return create(self, spec)

    LambdaBackend.create_event_source_mapping = refusing


@register(
    REFUSALS,
    "notification-without-queue-policy",
    "S3 accepts a notification only where the queue's policy lets it send.",
    f"{API}/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html",
)
def refuse_notification_without_policy() -> None:
    from moto.s3.exceptions import S3ClientError
    from moto.s3.models import S3Backend
    from moto.sqs.models import sqs_backends

    put = S3Backend.put_bucket_notification_configuration

    def may_send(account_id: str, queue_arn: str) -> bool:
        region, name = queue_arn.split(":")[3], queue_arn.split(":")[5]
        policy = sqs_backends[account_id][region].get_queue(name).policy
        statements = json.loads(policy)["Statement"] if policy else []
        return any(
            statement["Effect"] == "Allow" and statement.get("Principal") == {"Service": "s3.amazonaws.com"}
            for statement in statements
        )

    def refusing(self, bucket_name, notification_config):
        queues = (notification_config or {}).get("QueueConfiguration") or []
        for queue in queues if isinstance(queues, list) else [queues]:
            if not may_send(self.account_id, queue["Queue"]):
                raise S3ClientError(
                    "InvalidArgument", "Unable to validate the following destination configurations"
                )
        put(self, bucket_name, notification_config)

    S3Backend.put_bucket_notification_configuration = refusing


@register(
    REFUSALS,
    "undeclared-in-document",
    "An import fails where a mapping names a parameter, a response header or a status that the method does not declare, "
    "or where a path segment is only partly a parameter.",
    f"{API}/apigateway/latest/developerguide/request-response-data-mappings.html",
)
def refuse_undeclared_in_document() -> None:
    from moto.apigateway.exceptions import BadRequestException
    from moto.apigateway.models import APIGatewayBackend

    put = APIGatewayBackend.put_rest_api

    def refusing(self, function_id, api_doc, *args, **kwargs):
        problems = [problem for path, item in api_doc["paths"].items() for problem in path_problems(path, item)]
        if problems:
            raise BadRequestException("Errors found during import:\n\t" + "\n\t".join(problems))
        return put(self, function_id, api_doc, *args, **kwargs)

    APIGatewayBackend.put_rest_api = refusing


PLACES = {"path": "path", "query": "querystring", "header": "header"}


def path_problems(path, item):
    for segment in path.split("/"):
        if "{" in segment and not re.fullmatch(r"\{[^{}]+\}", segment):
            yield f"Unable to create resource at path '{path}': Resource's path part must be a whole parameter"
    shared = item.get("parameters", [])
    for method, operation in item.items():
        integration = isinstance(operation, dict) and operation.get("x-amazon-apigateway-integration")
        if integration:
            where = f"'{method.upper()}' on resource '{path}'"
            yield from parameter_problems(where, integration, shared + operation.get("parameters", []))
            yield from response_problems(where, integration, operation.get("responses", {}))


def parameter_problems(where, integration, parameters):
    declared = {f"method.request.{PLACES[each['in']]}.{each['name']}" for each in parameters if each["in"] in PLACES}
    for source in integration.get("requestParameters", {}).values():
        if re.match(r"method\.request\.(path|querystring|header)\.", source) and source not in declared:
            yield f"Invalid mapping expression specified for {where}: {source}"


def response_problems(where, integration, responses):
    for response in integration.get("responses", {}).values():
        status = str(response["statusCode"])
        if status not in responses:
            yield f"Unable to put integration response on {where}: no method response for {status}"
            continue
        headers = {f"method.response.header.{name}" for name in responses[status].get("headers", {})}
        for target in response.get("responseParameters", {}):
            if target not in headers:
                yield f"Invalid mapping expression parameter specified for {where}: {target}"


@register(
    REFUSALS,
    "missing-key-without-list-right",
    "S3 tells that an object is missing only to those who may list its bucket; anyone else gets 403 for it.",
    f"{API}/AmazonS3/latest/API/API_GetObject.html",
)
def refuse_missing_key_without_list_right() -> None:
    from moto.s3.exceptions import MissingKey
    from moto.s3.responses import S3Response

    get = S3Response._key_response_get

    def refusing(self, query, key_name):
        try:
            return get(self, query, key_name)
        except MissingKey:
            # Does nothing while moto does not enforce IAM.
            self.data["Action"] = "ListBucket"
            self._authenticate_and_authorize_s3_action(bucket_name=self.bucket_name)
            raise

    S3Response._key_response_get = refusing
