"""What AWS refuses and moto accepts."""

import json
import re
from fnmatch import fnmatchcase

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
    "S3 accepts a notification only where the queue's policy lets it send for that bucket.",
    f"{API}/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html",
)
def refuse_notification_without_policy() -> None:
    from moto.s3.exceptions import S3ClientError
    from moto.s3.models import S3Backend
    from moto.sqs.models import sqs_backends

    put = S3Backend.put_bucket_notification_configuration

    def may_send(account_id: str, queue_arn: str, bucket_name: str) -> bool:
        region, name = queue_arn.split(":")[3], queue_arn.split(":")[5]
        policy = sqs_backends[account_id][region].get_queue(name).policy
        statements = json.loads(policy)["Statement"] if policy else []
        return any(admits(statement, queue_arn, f"arn:aws:s3:::{bucket_name}", account_id) for statement in statements)

    def refusing(self, bucket_name, notification_config):
        queues = (notification_config or {}).get("QueueConfiguration") or []
        for queue in queues if isinstance(queues, list) else [queues]:
            if not may_send(self.account_id, queue["Queue"], bucket_name):
                raise S3ClientError(
                    "InvalidArgument", "Unable to validate the following destination configurations"
                )
        put(self, bucket_name, notification_config)

    S3Backend.put_bucket_notification_configuration = refusing


def admits(statement, queue_arn: str, bucket_arn: str, account_id: str) -> bool:
    """Whether S3 may send to the queue for the bucket by this statement."""
    principal = statement.get("Principal")
    services = as_list(principal.get("Service", [])) if isinstance(principal, dict) else as_list(principal)
    known = {"aws:sourcearn": bucket_arn, "aws:sourceaccount": account_id, "aws:securetransport": "true"}
    return (
        statement["Effect"] == "Allow"
        and bool({"s3.amazonaws.com", "*"} & set(services))
        and any(fnmatchcase("sqs:sendmessage", action.lower()) for action in as_list(statement["Action"]))
        and any(fnmatchcase(queue_arn, resource) for resource in as_list(statement["Resource"]))
        and all(
            any(fnmatchcase(known.get(key.lower(), ""), value) for value in as_list(values))
            for keys in statement.get("Condition", {}).values()
            for key, values in keys.items()
        )
    )


def as_list(value) -> list:
    return value if isinstance(value, list) else [value]


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
        problems = [problem for path, item in (api_doc.get("paths") or {}).items() for problem in path_problems(path, item, api_doc)]
        if problems:
            raise BadRequestException("Errors found during import:\n\t" + "\n\t".join(problems))
        return put(self, function_id, api_doc, *args, **kwargs)

    APIGatewayBackend.put_rest_api = refusing


PLACES = {"path": "path", "query": "querystring", "header": "header"}


def path_problems(path, item, document):
    for segment in path.split("/"):
        if "{" in segment and not re.fullmatch(r"\{[^{}]+\}", segment):
            yield (
                f"Unable to create resource at path '{path}': Resource's path part only allow a-zA-Z0-9._-: "
                "or a valid greedy path variable and curly braces at the beginning and the end."
            )
    shared = item.get("parameters", [])
    for method, operation in item.items():
        integration = isinstance(operation, dict) and operation.get("x-amazon-apigateway-integration")
        if integration:
            where = f"'{method.upper()}' on resource '{path}'"
            parameters = [resolve(each, document) for each in shared + operation.get("parameters", [])]
            yield from parameter_problems(where, integration, parameters)
            yield from response_problems(where, integration, operation.get("responses", {}))


def resolve(parameter, document):
    for name in parameter.get("$ref", "#").split("/")[1:]:
        document = document[name]
    return document if "$ref" in parameter else parameter


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


@register(
    REFUSALS,
    "expected-bucket-owner",
    "S3 refuses every operation on a bucket that belongs to another account than the request expects.",
    f"{API}/AmazonS3/latest/userguide/bucket-owner-condition.html",
)
def refuse_other_bucket_owner() -> None:
    from moto.s3.exceptions import S3AccessDeniedError
    from moto.s3.models import s3_backends
    from moto.s3.responses import S3Response

    def belongs_to_other(bucket: str, expected: str | None) -> bool:
        _, owner = s3_backends.bucket_accounts.get(bucket, (None, None))
        return expected is not None and owner is not None and owner != expected

    def refusing(respond):
        def respond_to_owner(self, request, full_url):
            bucket = self.parse_bucket_name_from_url(request, full_url)
            source = request.headers.get("x-amz-copy-source", "").lstrip("/").split("/")[0]
            if belongs_to_other(bucket, request.headers.get("x-amz-expected-bucket-owner")) or belongs_to_other(
                source, request.headers.get("x-amz-source-expected-bucket-owner")
            ):
                raise S3AccessDeniedError()
            return respond(self, request, full_url)

        return respond_to_owner

    S3Response._bucket_response = refusing(S3Response._bucket_response)
    S3Response._key_response = refusing(S3Response._key_response)
