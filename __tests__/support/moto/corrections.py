"""Answers that moto gives unlike AWS, and that stop or unsettle the AWS provider."""

import json
import os
import re

from change import Change, register

CORRECTIONS: list[Change] = []

API = "https://docs.aws.amazon.com"


@register(
    CORRECTIONS,
    "managed-policies",
    "AWS's managed policies exist in every account.",
    f"{API}/IAM/latest/UserGuide/access_policies_managed-vs-inline.html",
)
def load_managed_policies() -> None:
    # Read when moto's modules are imported, so this change comes before those that import them.
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"


@register(
    CORRECTIONS,
    "rest-api-policy-escaped",
    "API Gateway returns a REST API's policy with its quotes escaped; the provider unescapes it and fails otherwise.",
    f"{API}/apigateway/latest/api/API_GetRestApi.html",
)
def escape_rest_api_policy() -> None:
    from moto.apigateway.models import RestAPI

    to_dict = RestAPI.to_dict

    def with_escaped_policy(self):
        answer = to_dict(self)
        if answer.get("policy"):
            policy = json.dumps(json.loads(answer["policy"]), separators=(",", ":"))
            answer["policy"] = policy.replace('"', '\\"')
        return answer

    RestAPI.to_dict = with_escaped_policy


@register(
    CORRECTIONS,
    "rest-api-patch",
    "UpdateRestApi adds and removes each endpoint id and each binary type on its own; moto mixes them up.",
    f"{API}/apigateway/latest/api/patch-operations.html#UpdateRestApi-Patch",
)
def patch_rest_api() -> None:
    from moto.apigateway.models import RestAPI

    apply = RestAPI.apply_patch_operations

    def with_endpoints(self, patch_operations):
        rest = []
        for operation in patch_operations:
            path, value = operation["path"], operation.get("value")
            if path == "/endpointConfiguration/vpcEndpointIds":
                ids = self.endpoint_configuration.setdefault("vpcEndpointIds", [])
                if operation["op"] == "add" and value not in ids:
                    ids.append(value)
                elif operation["op"] == "remove" and value in ids:
                    ids.remove(value)
            elif path.startswith("/binaryMediaTypes/"):
                media_type = path.removeprefix("/binaryMediaTypes/").replace("~1", "/")
                if operation["op"] == "add" and media_type not in self.binaryMediaTypes:
                    self.binaryMediaTypes.append(media_type)
                elif operation["op"] == "remove" and media_type in self.binaryMediaTypes:
                    self.binaryMediaTypes.remove(media_type)
            else:
                rest.append(operation)
        apply(self, rest)

    RestAPI.apply_patch_operations = with_endpoints


@register(
    CORRECTIONS,
    "account-setting-reset",
    "An operation without a value empties the account's logging role, as the provider's reset_on_delete asks; moto fails, and the "
    "provider goes on trying.",
    f"{API}/apigateway/latest/api/patch-operations.html#UpdateAccount-Patch",
)
def reset_account_setting() -> None:
    from moto.apigateway.models import Account

    apply = Account.apply_patch_operations

    def emptying(self, patch_operations):
        return apply(self, [{"value": None, **operation} for operation in patch_operations])

    Account.apply_patch_operations = emptying


@register(
    CORRECTIONS,
    "queue-redrive-allow-policy",
    "SQS keeps RedriveAllowPolicy and returns it until it is set to nothing; moto never returns it, and the provider "
    "waits for it until it times out.",
    f"{API}/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html",
)
def keep_redrive_allow_policy() -> None:
    from moto.sqs.models import Queue

    attributes = Queue.attributes
    # moto sets any attribute that it is given, but returns only those of its lists.
    Queue.KMS_ATTRIBUTES = [*Queue.KMS_ATTRIBUTES, "RedriveAllowPolicy"]
    Queue.redrive_allow_policy = None

    def returning(self):
        answer = attributes.fget(self) | {"RedriveAllowPolicy": self.redrive_allow_policy or None}
        return {name: value for name, value in answer.items() if value is not None}

    Queue.attributes = property(returning)


@register(
    CORRECTIONS,
    "queue-policy-kept",
    "SetQueueAttributes changes the attributes it is given; moto drops the queue's policy whenever it sets another one.",
    f"{API}/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html",
)
def keep_queue_policy() -> None:
    from moto.sqs.models import Queue

    set_attributes = Queue._set_attributes

    def keeping_policy(self, given, now=None):
        policy = getattr(self, "policy", None)
        set_attributes(self, given, now)
        self.policy = given.get("Policy", policy)

    Queue._set_attributes = keeping_policy


@register(
    CORRECTIONS,
    "queue-redrive-policy-compact",
    "SQS returns RedrivePolicy as compact JSON; with blanks in it every plan shows a difference.",
    f"{API}/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html",
)
def return_compact_redrive_policy() -> None:
    from moto.sqs.models import Queue

    attributes = Queue.attributes

    def compact(self):
        answer = attributes.fget(self)
        if answer.get("RedrivePolicy"):
            answer["RedrivePolicy"] = json.dumps(json.loads(answer["RedrivePolicy"]), separators=(",", ":"))
        return answer

    Queue.attributes = property(compact)


@register(
    CORRECTIONS,
    "function-logging-config",
    "Lambda keeps a function's LoggingConfig; moto drops it, a difference in every plan.",
    f"{API}/lambda/latest/api/API_LoggingConfig.html",
)
def keep_logging_config() -> None:
    from moto.awslambda.models import LambdaFunction

    initialize, configuration, update = (
        LambdaFunction.__init__,
        LambdaFunction.get_configuration,
        LambdaFunction.update_configuration,
    )

    def keeping(self, account_id, spec, *args, **kwargs):
        self.logging_config = spec.get("LoggingConfig")
        initialize(self, account_id, spec, *args, **kwargs)

    def returning(self, *args, **kwargs):
        answer = configuration(self, *args, **kwargs)
        default = {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{self.function_name}"}
        return answer | {"LoggingConfig": self.logging_config or default}

    def updating(self, config_updates):
        self.logging_config = config_updates.get("LoggingConfig", self.logging_config)
        return update(self, config_updates)

    LambdaFunction.__init__ = keeping
    LambdaFunction.get_configuration = returning
    LambdaFunction.update_configuration = updating


@register(
    CORRECTIONS,
    "function-dead-letter-config",
    "Lambda keeps a function's DeadLetterConfig; moto drops it, a difference in every plan.",
    f"{API}/lambda/latest/api/API_DeadLetterConfig.html",
)
def keep_dead_letter_config() -> None:
    from moto.awslambda.models import LambdaFunction

    initialize, configuration, update = (
        LambdaFunction.__init__,
        LambdaFunction.get_configuration,
        LambdaFunction.update_configuration,
    )

    def keeping(self, account_id, spec, *args, **kwargs):
        self.dead_letter_config = spec.get("DeadLetterConfig")
        initialize(self, account_id, spec, *args, **kwargs)

    def returning(self, *args, **kwargs):
        answer = configuration(self, *args, **kwargs)
        kept = self.dead_letter_config
        return answer | ({"DeadLetterConfig": kept} if kept and kept.get("TargetArn") else {})

    def updating(self, config_updates):
        self.dead_letter_config = config_updates.get("DeadLetterConfig", self.dead_letter_config)
        return update(self, config_updates)

    LambdaFunction.__init__ = keeping
    LambdaFunction.get_configuration = returning
    LambdaFunction.update_configuration = updating


@register(
    CORRECTIONS,
    "build-project-kept",
    "CodeBuild keeps a project's encryption key, timeouts and bound of concurrent builds; moto drops them, a difference "
    "in every plan.",
    f"{API}/codebuild/latest/APIReference/API_CreateProject.html",
)
def keep_build_project() -> None:
    from moto.codebuild.responses import CodeBuildResponse

    create = CodeBuildResponse.create_project

    def keeping(self):
        answer = create(self)
        project = self.codebuild_backend.codebuild_projects[self._get_param("name")]
        for name in ("encryptionKey", "timeoutInMinutes", "queuedTimeoutInMinutes", "concurrentBuildLimit"):
            value = self._get_param(name)
            if value:
                project.project_metadata[name] = value
        return answer

    CodeBuildResponse.create_project = keeping


@register(
    CORRECTIONS,
    "bucket-eventbridge",
    "S3 tells that a bucket notifies EventBridge; moto keeps it to itself, a difference in every plan.",
    f"{API}/AmazonS3/latest/API/API_GetBucketNotificationConfiguration.html",
)
def return_eventbridge() -> None:
    from moto.s3.responses import S3Response

    get = S3Response.get_bucket_notification

    def returning(self):
        answer = get(self)
        configuration = self.backend.get_bucket_notification_configuration(self.bucket_name)
        if not configuration or configuration.event_bridge is None:
            return answer
        status, headers, body = answer
        text = body.decode() if isinstance(body, bytes) else body
        # Before the end of the outermost element, which has nothing else in it or has a closing tag.
        told = re.sub(r"<(\w+)([^<>]*)/>\s*$", r"<\1\2></\1>", text)
        return status, headers, re.sub(r"(</\w+>\s*)$", r"<EventBridgeConfiguration/>\1", told)

    S3Response.get_bucket_notification = returning


@register(
    CORRECTIONS,
    "execute-api-policy-arn",
    "API Gateway expands `execute-api:/…` in a resource policy to full ARNs before it returns it.",
    f"{API}/apigateway/latest/developerguide/apigateway-resource-policies-create-attach.html",
)
def expand_execute_api_resources() -> None:
    from moto.apigateway.models import APIGatewayBackend, RestAPI

    create, to_dict = APIGatewayBackend.create_rest_api, RestAPI.to_dict

    def remembering(self, *args, **kwargs):
        api = create(self, *args, **kwargs)
        api.arn_prefix = f"arn:aws:execute-api:{self.region_name}:{self.account_id}:{api.id}/"
        return api

    def expanding(self):
        answer = to_dict(self)
        if answer.get("policy"):
            answer["policy"] = answer["policy"].replace("execute-api:/", self.arn_prefix)
        return answer

    APIGatewayBackend.create_rest_api = remembering
    RestAPI.to_dict = expanding


@register(
    CORRECTIONS,
    "overwrite-replaces-endpoints",
    "An import in overwrite mode drops the VPC endpoints of a private API unless the document names them.",
    "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/api_gateway_rest_api",
)
def overwrite_endpoints() -> None:
    from moto.apigateway.models import APIGatewayBackend

    put = APIGatewayBackend.put_rest_api

    def overwriting(self, function_id, api_doc, fail_on_warnings, mode="merge"):
        api = put(self, function_id, api_doc, fail_on_warnings, mode)
        if mode == "overwrite" and "PRIVATE" in api.endpoint_configuration.get("types", []):
            servers = api_doc.get("servers") or [{}]
            named = servers[0].get("x-amazon-apigateway-endpoint-configuration", {})
            api.endpoint_configuration["vpcEndpointIds"] = list(named.get("vpcEndpointIds", []))
        return api

    APIGatewayBackend.put_rest_api = overwriting


@register(
    CORRECTIONS,
    "overwrite-root-resource",
    "GetRestApi tells the id of the API's root resource; after an import in overwrite mode moto has a new one and tells "
    "that of the old one.",
    f"{API}/apigateway/latest/api/API_GetRestApi.html",
)
def tell_new_root_resource() -> None:
    from moto.apigateway.models import APIGatewayBackend

    put = APIGatewayBackend.put_rest_api

    def overwriting(self, function_id, api_doc, fail_on_warnings, mode="merge"):
        api = put(self, function_id, api_doc, fail_on_warnings, mode)
        if mode == "overwrite":
            api.root_resource_id = api.default.id
        return api

    APIGatewayBackend.put_rest_api = overwriting


@register(
    CORRECTIONS,
    "composite-alarms",
    "PutCompositeAlarm is not implemented, and the provider tries it again for minutes.",
    f"{API}/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html",
)
def implement_composite_alarms() -> None:
    from moto.cloudwatch.responses import CloudWatchResponse

    # moto keeps an alarm with a rule as a composite one, but lets none be made.
    CloudWatchResponse.put_composite_alarm = CloudWatchResponse.put_metric_alarm


@register(
    CORRECTIONS,
    "query-definitions",
    "PutQueryDefinition and its companions are not implemented, and the provider tries them again for minutes.",
    f"{API}/AmazonCloudWatchLogs/latest/APIReference/API_PutQueryDefinition.html",
)
def implement_query_definitions() -> None:
    from uuid import uuid4

    from moto.logs.responses import LogsResponse

    kept: dict[tuple[str, str], dict[str, dict]] = {}

    def definitions(response):
        return kept.setdefault((response.current_account, response.region), {})

    def put(self):
        given = json.loads(self.body)
        identifier = given.get("queryDefinitionId") or str(uuid4())
        definitions(self)[identifier] = given | {"queryDefinitionId": identifier}
        return json.dumps({"queryDefinitionId": identifier})

    def describe(self):
        prefix = json.loads(self.body).get("queryDefinitionNamePrefix", "")
        found = [each for each in definitions(self).values() if each["name"].startswith(prefix)]
        return json.dumps({"queryDefinitions": found})

    def delete(self):
        gone = definitions(self).pop(json.loads(self.body)["queryDefinitionId"], None)
        return json.dumps({"success": gone is not None})

    LogsResponse.put_query_definition = put
    LogsResponse.describe_query_definitions = describe
    LogsResponse.delete_query_definition = delete


@register(
    CORRECTIONS,
    "secure-transport",
    "A statement about requests without TLS concerns no request over TLS, for which loopback stands here; "
    "moto knows no condition but StringEquals and applies the statement to every request.",
    f"{API}/AmazonS3/latest/userguide/example-bucket-policies.html",
)
def take_loopback_for_tls() -> None:
    from moto.iam.access_control import IAMPolicyStatement, PermissionResult

    is_permitted = IAMPolicyStatement.is_action_permitted

    def over_tls(self, *args, **kwargs):
        if self._statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}:
            return PermissionResult.NEUTRAL
        return is_permitted(self, *args, **kwargs)

    IAMPolicyStatement.is_action_permitted = over_tls


@register(
    CORRECTIONS,
    "authorized-resources",
    "IAM decides about a call by the table, index, log stream or secret it names; moto asks about `*`, so that a policy "
    "that names a resource never permits anything.",
    f"{API}/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
)
def determine_resources() -> None:
    from moto.dynamodb.responses import DynamoHandler
    from moto.logs.responses import LogsResponse
    from moto.secretsmanager.responses import SecretsManagerResponse

    def arn(response, service, resource):
        return f"arn:aws:{service}:{response.region}:{response.current_account}:{resource}"

    def given(response):
        body = response.raw_body or "{}"
        return json.loads(body)

    def table(self):
        call = given(self)
        index = f"/index/{call['IndexName']}" if call.get("IndexName") else ""
        return arn(self, "dynamodb", f"table/{call['TableName']}{index}") if "TableName" in call else "*"

    def log_stream(self):
        call = given(self)
        name, stream = call.get("logGroupName"), call.get("logStreamName", "")
        return arn(self, "logs", f"log-group:{name}:log-stream:{stream}") if name else "*"

    def secret(self):
        name = given(self).get("SecretId")
        known = name and self.backend.secrets.get(name)
        return known.arn if known else name or "*"

    DynamoHandler._determine_resource = table
    LogsResponse._determine_resource = log_stream
    SecretsManagerResponse._determine_resource = secret


@register(
    CORRECTIONS,
    "sqs-batch-actions",
    "IAM knows no actions for batches of messages: who may send one may send ten. moto asks for sqs:SendMessageBatch.",
    f"{API}/service-authorization/latest/reference/list_amazonsqs.html",
)
def permit_batches() -> None:
    from moto.iam.access_control import IAMRequestBase

    check = IAMRequestBase.check_action_permitted

    def checking(self, resource):
        if self._action.startswith("sqs:"):
            self._action = self._action.removesuffix("Batch")
        check(self, resource)

    IAMRequestBase.check_action_permitted = checking


@register(
    CORRECTIONS,
    "cloudwatch-actions",
    "IAM's prefix for CloudWatch is cloudwatch; moto takes the name that signatures have, monitoring.",
    f"{API}/service-authorization/latest/reference/list_amazoncloudwatch.html",
)
def permit_cloudwatch() -> None:
    from moto.iam.access_control import IAMRequestBase

    check = IAMRequestBase.check_action_permitted

    def checking(self, resource):
        if self._action.startswith("monitoring:"):
            self._action = self._action.replace("monitoring:", "cloudwatch:", 1)
        check(self, resource)

    IAMRequestBase.check_action_permitted = checking


@register(
    CORRECTIONS,
    "batch-delete-actions",
    "S3 decides about each object of a batch, by s3:DeleteObjectVersion where it names a version; moto asks for "
    "s3:DeleteObject on the bucket. Where one is denied, all are here.",
    f"{API}/AmazonS3/latest/API/API_DeleteObjects.html",
)
def decide_about_each_deletion() -> None:
    import xmltodict
    from moto.s3.exceptions import BucketAccessDeniedError, S3AccessDeniedError
    from moto.s3.responses import S3Response

    authorize = S3Response._authenticate_and_authorize_s3_action

    def authorizing(self, bucket_name=None, key_name=None):
        if not (self.data.get("Action") == "DeleteObject" and key_name is None and self.is_delete_keys()):
            return authorize(self, bucket_name=bucket_name, key_name=key_name)
        objects = xmltodict.parse(self.body, strip_whitespace=False)["Delete"].get("Object", [])
        for each in objects if isinstance(objects, list) else [objects]:
            self.data["Action"] = "DeleteObjectVersion" if each.get("VersionId") else "DeleteObject"
            try:
                authorize(self, bucket_name=bucket_name, key_name=each["Key"])
            except (BucketAccessDeniedError, S3AccessDeniedError):
                raise BucketAccessDeniedError(bucket=bucket_name)

    S3Response._authenticate_and_authorize_s3_action = authorizing


@register(
    CORRECTIONS,
    "json-access-denied",
    "Services that speak JSON say so in JSON when they deny a call; moto answers XML, which no client of theirs reads.",
    f"{API}/amazondynamodb/latest/developerguide/Programming.Errors.html",
)
def deny_in_json() -> None:
    from moto.core.exceptions import JsonRESTError
    from moto.iam.access_control import IAMRequest

    deny = IAMRequest._raise_access_denied

    def denying(self):
        if "X-Amz-Target" in self._headers:
            message = f"User: {self._access_key.arn} is not authorized to perform: {self._action}"
            raise JsonRESTError("AccessDeniedException", message)
        deny(self)

    IAMRequest._raise_access_denied = denying


@register(
    CORRECTIONS,
    "signed-query",
    "AWS checks the signature of a request as it was sent; moto checks that of one with a decoded query, and refuses "
    "every listing below a prefix. Signatures are not checked at all instead.",
    f"{API}/IAM/latest/UserGuide/reference_sigv-create-signed-request.html",
)
def trust_signatures() -> None:
    from moto.iam.access_control import IAMRequestBase

    # Who calls is still told by the access key, which has to be known.
    IAMRequestBase.check_signature = lambda self: None
