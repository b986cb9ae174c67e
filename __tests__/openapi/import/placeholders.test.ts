import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../openapi/json.ts";
import { resolvePointer } from "../../../openapi/json-pointer.ts";
import { listPlaceholders } from "../../../openapi/placeholders.ts";
import {
  account,
  exportWith,
  functionUri,
  head,
  imported,
  integrationPointer,
  ownArn,
  region,
  serviceUri,
  templateOf,
  textAt,
  uriOf,
} from "./exports.ts";

describe("what an import names by placeholders", () => {
  it.each([
    [
      "a bucket of a path",
      serviceUri("s3:path/acme-orders-dev/{key}"),
      `${head}:s3:path/{{bucket.acmeOrders}}/{key}`,
    ],
    ["a bucket alone", serviceUri("s3:path/acme.orders"), `${head}:s3:path/{{bucket.acmeOrders}}`],
    [
      "a bucket of an action",
      serviceUri("s3:action/PutObject?Bucket=acme-orders&Key={key}"),
      `${head}:s3:action/PutObject?Bucket={{bucket.acmeOrders}}&Key={key}`,
    ],
    [
      "a bucket as host",
      serviceUri("acme-orders.s3:path/{key}"),
      `${head}:{{bucket.acmeOrders}}.s3:path/{key}`,
    ],
    [
      "a bucket named by an account and a region",
      serviceUri(`s3:path/acme-orders-${account}-${region}/{key}`),
      `${head}:s3:path/{{bucket.acmeOrders}}/{key}`,
    ],
    [
      "a function",
      functionUri("acme-orders-prod"),
      `${head}:lambda:path/2015-03-31/functions/{{function.acmeOrders}}/invocations`,
    ],
    [
      "a function with an alias",
      functionUri("acmeOrders:live"),
      `${head}:lambda:path/2015-03-31/functions/{{function.acmeOrders}}:live/invocations`,
    ],
    [
      "a function with a version",
      functionUri("acmeOrders:17"),
      `${head}:lambda:path/2015-03-31/functions/{{function.acmeOrders}}:17/invocations`,
    ],
    [
      "a function that a stage variable names",
      functionUri("${stageVariables.orders}"),
      `${head}:lambda:path/2015-03-31/functions/${ownArn("lambda")}:function:\${stageVariables.orders}/invocations`,
    ],
    [
      "a queue of a path without its account",
      serviceUri("sqs:path/acme-orders"),
      `${head}:sqs:path/{{queue.acmeOrders}}`,
    ],
    [
      "a queue of a path that a parameter names",
      serviceUri(`sqs:path/${account}/{queue}`),
      `${head}:sqs:path/{{account}}/{queue}`,
    ],
    [
      "a queue of a path",
      serviceUri(`sqs:path/${account}/acme-orders.fifo`),
      `${head}:sqs:path/{{account}}/{{queue.acmeOrdersFifo}}`,
    ],
    [
      "a state machine of another's function name",
      serviceUri("states:action/StartExecution"),
      `${head}:states:action/StartExecution`,
    ],
  ])("%s", (_, uri, expected) => {
    expect(uriOf(uri)).toBe(expected);
  });

  it.each([
    ["aws-cn", "cn-north-1"],
    ["aws-us-gov", "us-gov-west-1"],
  ])("region and partition of %s", (partition, otherRegion) => {
    const value = exportWith({
      type: "aws",
      uri: serviceUri("s3:path/acme-orders/{key}", { partition, region: otherRegion }),
      credentials: `arn:${partition}:iam::${account}:role/service-role/acme-writer`,
    });
    const health = resolvePointer(value, "/paths/~1health/get/x-amazon-apigateway-integration") as JsonObject;
    health["uri"] = functionUri("acme-health", { partition, region: otherRegion, account });

    const { document, home } = imported(value);

    expect(home).toMatchObject({ partition, region: otherRegion, account });
    expect(resolvePointer(document, `${integrationPointer}/uri`)).toBe(
      `${head}:s3:path/{{bucket.acmeOrders}}/{key}`,
    );
    expect(resolvePointer(document, `${integrationPointer}/credentials`)).toBe("{{role.acmeWriter}}");
    expect(JSON.stringify(document)).not.toContain(partition);
  });

  it.each([
    ["integration.request.path.bucket", "'acme-orders'", "'{{bucket.acmeOrders}}'"],
    ["integration.request.querystring.Bucket", "'acme-orders'", "'{{bucket.acmeOrders}}'"],
    ["integration.request.header.x-amz-copy-source", "'/acme-orders/a b'", "'/{{bucket.acmeOrders}}/a b'"],
    ["integration.request.path.key", "'acme-orders'", "'acme-orders'"],
  ])("a bucket that is a constant for %s", (name, source, expected) => {
    const integration = {
      type: "aws",
      uri: serviceUri("s3:path/{bucket}/{key}"),
      requestParameters: { [name]: source },
    };

    expect(textAt(`${integrationPointer}/requestParameters/${name}`, integration)).toBe(expected);
  });

  it("a queue that is a constant of a path", () => {
    const name = "integration.request.path.queue";
    const integration = {
      type: "aws",
      uri: serviceUri(`sqs:path/${account}/{queue}`),
      requestParameters: { [name]: "'acme-orders'" },
    };

    expect(textAt(`${integrationPointer}/requestParameters/${name}`, integration)).toBe(
      "'{{queue.acmeOrders}}'",
    );
  });

  it.each([
    ["sqs", `sqs:path//${account}/acme-orders`, `${head}:sqs:path//{{account}}/{{queue.acmeOrders}}`],
    ["sqs alone", "sqs:path//acme-orders", `${head}:sqs:path//{{queue.acmeOrders}}`],
    ["s3", "s3:path//acme-orders/{key}", `${head}:s3:path//{{bucket.acmeOrders}}/{key}`],
  ])("behind two slashes of a path, of %s", (_, rest, expected) => {
    expect(uriOf(serviceUri(rest))).toBe(expected);
  });

  it("a bucket that is called like a word, where S3 reads one and nowhere else", () => {
    const integration = {
      type: "aws",
      uri: serviceUri("s3:path/images/images/{key}"),
      requestParameters: { "integration.request.header.x-kind": "'images'" },
      responses: {
        default: { statusCode: "200", responseTemplates: { "application/json": '{"images": []}' } },
      },
    };

    expect(textAt(integrationPointer, integration)).toEqual({
      ...integration,
      uri: `${head}:s3:path/{{bucket.images}}/images/{key}`,
    });
  });

  it.each([
    ["path.bucket = 'acme-files'", "path.bucket = '{{bucket.acmeFiles}}'"],
    ['header.x-amz-copy-source = "/acme-files/a"', 'header.x-amz-copy-source = "/{{bucket.acmeFiles}}/a"'],
    [
      "header.x-amz-server-side-encryption-aws-kms-key-id = '1234abcd-12ab-34cd-56ef-1234567890ab'",
      "header.x-amz-server-side-encryption-aws-kms-key-id = '{{key.key1}}'",
    ],
  ])("what a template puts in the place of a mapping: %s", (assignment, expected) => {
    const template = `#set($context.requestOverride.${assignment})`;

    expect(templateOf("s3:path/{bucket}/{key}", template)).toBe(`#set($context.requestOverride.${expected})`);
  });

  it("a queue that a template puts in the place of a mapping", () => {
    expect(templateOf("sqs:path/{queue}", "#set($context.requestOverride.path.queue = 'acme-orders')")).toBe(
      "#set($context.requestOverride.path.queue = '{{queue.acmeOrders}}')",
    );
  });

  it("a state machine by an execution of it", () => {
    const arn = `arn:aws:states:${region}:${account}:execution:orders:$input.params('id')`;

    expect(templateOf("states:action/DescribeExecution", `{"executionArn": "${arn}"}`)).toBe(
      `{"executionArn": "${ownArn("states")}:execution:{{stateMachine.orders}}:$input.params('id')"}`,
    );
  });

  it("a bucket in a template, where another place shows that it is one", () => {
    const integration = {
      type: "aws",
      uri: serviceUri("s3:path/acme-orders/{key}"),
      responses: {
        default: {
          statusCode: "200",
          responseTemplates: { "application/json": '{"in":"s3://acme-orders/a","not":"acme-orders-old"}' },
        },
      },
    };

    expect(
      textAt(`${integrationPointer}/responses/default/responseTemplates/application~1json`, integration),
    ).toBe('{"in":"s3://{{bucket.acmeOrders}}/a","not":"acme-orders-old"}');
  });

  it.each([
    ["dynamodb:action/PutItem", '{"TableName":"acme-orders"}', '{"TableName":"{{table.acmeOrders}}"}'],
    ["kinesis:action/PutRecord", '{"StreamName" : "acme"}', '{"StreamName" : "{{stream.acme}}"}'],
    [
      "firehose:action/PutRecord",
      '{"DeliveryStreamName":"acme"}',
      '{"DeliveryStreamName":"{{deliveryStream.acme}}"}',
    ],
    ["events:action/PutEvents", '{"EventBusName":"acme"}', '{"EventBusName":"{{eventBus.acme}}"}'],
    ["events:action/PutEvents", '{"EventBusName":"default"}', '{"EventBusName":"default"}'],
    [
      "dynamodb:action/BatchWriteItem",
      '{"RequestItems": {"acme-a": [{"PutRequest": {"Item": {"id": {"S": "x"}}}}], "acme-b": []}}',
      '{"RequestItems": {"{{table.acmeA}}": [{"PutRequest": {"Item": {"id": {"S": "x"}}}}], "{{table.acmeB}}": []}}',
    ],
    [
      "dynamodb:action/TransactWriteItems",
      '{"TransactItems":[{"Put":{"TableName":"acme-a"}},{"Delete":{"TableName":"acme-b"}}]}',
      '{"TransactItems":[{"Put":{"TableName":"{{table.acmeA}}"}},{"Delete":{"TableName":"{{table.acmeB}}"}}]}',
    ],
    [
      "dynamodb:action/PutItem",
      `#set($table = "acme-a")#set($other = "acme-a"){"TableName":"$table"}`,
      `#set($table = "{{table.acmeA}}")#set($other = "acme-a"){"TableName":"$table"}`,
    ],
    [
      "dynamodb:action/PutItem",
      `#set( $t = 'acme-a' ){"TableName": "$!{t}"}`,
      `#set( $t = '{{table.acmeA}}' ){"TableName": "$!{t}"}`,
    ],
    [
      "dynamodb:action/BatchGetItem",
      '#set($t = "acme-a"){"RequestItems":{"$t":{"Keys":[]}}}',
      '#set($t = "{{table.acmeA}}"){"RequestItems":{"$t":{"Keys":[]}}}',
    ],
    [
      "dynamodb:action/ExecuteStatement",
      '{"Statement":"SELECT * FROM \\\\"acme-a\\\\".\\\\"by-date\\\\" WHERE id=?"}',
      '{"Statement":"SELECT * FROM \\\\"{{table.acmeA}}\\\\".\\\\"by-date\\\\" WHERE id=?"}',
    ],
    ["sqs:action/GetQueueUrl", '{"QueueName":"acme"}', '{"QueueName":"{{queue.acme}}"}'],
    [
      "sqs:action/SendMessage",
      `QueueUrl=https%3A%2F%2Fsqs.${region}.amazonaws.com%2F${account}%2Facme&MessageBody=$input.body`,
      "QueueUrl=https%3A%2F%2Fsqs.{{region}}.amazonaws.com%2F{{account}}%2F{{queue.acme}}&MessageBody=$input.body",
    ],
    [
      "cognito-idp:action/AdminGetUser",
      `{"UserPoolId":"${region}_AbCdEf123"}`,
      '{"UserPoolId":"{{userPool.pool1}}"}',
    ],
    ["kms:action/Encrypt", '{"KeyId":"1234abcd-12ab-34cd-56ef-1234567890ab"}', '{"KeyId":"{{key.key1}}"}'],
    ["kms:action/Encrypt", '{"KeyId":"alias/acme"}', '{"KeyId":"alias/{{key.acme}}"}'],
    ["kms:action/Encrypt", '{"KeyId":"alias/aws/s3"}', '{"KeyId":"alias/aws/s3"}'],
    [
      "sqs:action/CreateQueue",
      "Attribute.1.Name=KmsMasterKeyId&KmsMasterKeyId=alias%2Facme",
      "Attribute.1.Name=KmsMasterKeyId&KmsMasterKeyId=alias%2F{{key.acme}}",
    ],
    [
      "states:action/StartExecution",
      `{"kmsKey":"arn:aws:kms:${region}:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab"}`,
      `{"kmsKey":"${ownArn("kms")}:key/{{key.key1}}"}`,
    ],
    [
      "states:action/StartExecution",
      `{"kmsKey":"arn:aws:kms:${region}:${account}:alias/acme"}`,
      `{"kmsKey":"${ownArn("kms")}:alias/{{key.acme}}"}`,
    ],
    [
      "states:action/StartExecution",
      `{"callback":"https%3A%2F%2Fabc.execute-api.${region}.amazonaws.com%2Fv1"}`,
      '{"callback":"https%3A%2F%2F{{host.host1}}%2Fv1"}',
    ],
    [
      "states:action/StartExecution",
      `{"prefix":"acme-${account}-${region}"}`,
      '{"prefix":"acme-{{account}}-{{region}}"}',
    ],
    [
      "states:action/StartExecution",
      `{"stateMachineArn":"arn:aws:states:${region}:${account}:stateMachine:acme-flow"}`,
      `{"stateMachineArn":"${ownArn("states")}:stateMachine:{{stateMachine.acmeFlow}}"}`,
    ],
    [
      "sns:action/Publish",
      `Action=Publish&TopicArn=arn%3Aaws%3Asns%3A${region}%3A${account}%3Aacme&Message=$input.body`,
      "Action=Publish&TopicArn=arn%3A{{partition}}%3Asns%3A{{region}}%3A{{account}}%3A{{topic.acme}}&Message=$input.body",
    ],
    [
      "sqs:action/SendMessage",
      `{"QueueUrl":"https://sqs.${region}.amazonaws.com/${account}/acme"}`,
      '{"QueueUrl":"https://sqs.{{region}}.amazonaws.com/{{account}}/{{queue.acme}}"}',
    ],
    [
      "dynamodb:action/Query",
      `{"TableName":"arn:aws:dynamodb:${region}:${account}:table/acme.orders"}`,
      `{"TableName":"${ownArn("dynamodb")}:table/{{table.acmeOrders}}"}`,
    ],
    [
      "kinesis:action/PutRecord",
      `{"StreamARN":"arn:aws:kinesis:${region}:${account}:stream/acme"}`,
      `{"StreamARN":"${ownArn("kinesis")}:stream/{{stream.acme}}"}`,
    ],
    [
      "events:action/PutEvents",
      `{"Bus":"arn:aws:events:${region}:${account}:event-bus/acme"}`,
      `{"Bus":"${ownArn("events")}:event-bus/{{eventBus.acme}}"}`,
    ],
    [
      "s3:action/ListBuckets",
      '{"arn":"arn:aws:s3:::acme-orders/*"}',
      '{"arn":"arn:{{partition}}:s3:::{{bucket.acmeOrders}}/*"}',
    ],
  ])("what a template for %s names: %s", (service, template, expected) => {
    expect(templateOf(service, template)).toBe(expected);
  });

  it("a VPC link, an endpoint and the host of an API", () => {
    const integration = {
      type: "http_proxy",
      httpMethod: "ANY",
      uri: "https://orders.example.com/",
      connectionType: "VPC_LINK",
      connectionId: "a1b2c3",
      requestParameters: {
        "integration.request.header.x-endpoint": "'vpce-0a1b2c3d4e5f60718'",
        "integration.request.header.x-host": `'r6y1c4h9ua.execute-api.${region}.amazonaws.com'`,
      },
    };

    const { document, literals } = imported(exportWith(integration));

    expect(resolvePointer(document, `${integrationPointer}/connectionId`)).toBe("{{vpcLink.link1}}");
    expect(resolvePointer(document, `${integrationPointer}/requestParameters`)).toEqual({
      "integration.request.header.x-endpoint": "'{{vpcEndpoint.endpoint1}}'",
      "integration.request.header.x-host": "'{{host.host1}}'",
    });
    expect(literals).toContainEqual({
      kind: "vpcLink",
      text: "a1b2c3",
      label: "a1b2c3",
      placeholder: "vpcLink.link1",
    });
  });

  it.each([
    [
      `https://acme-orders.s3.${region}.amazonaws.com/a`,
      "https://{{bucket.acmeOrders}}.s3.{{region}}.amazonaws.com/a",
    ],
    ["https://acme-orders.s3.amazonaws.com/a", "https://{{bucket.acmeOrders}}.s3.amazonaws.com/a"],
    [`http://acme-0123456789abcdef.elb.${region}.amazonaws.com/a`, "http://{{host.host1}}/a"],
    [`http://internal-acme-123456789.${region}.elb.amazonaws.com:8080/a`, "http://{{host.host1}}:8080/a"],
    [
      `https://vpce-0a1b2c3d4e5f60718-ab12cd34.execute-api.${region}.vpce.amazonaws.com/v1`,
      "https://{{host.host1}}/v1",
    ],
    [
      `https://r6y1c4h9ua-vpce-0a1b2c3d4e5f60718.execute-api.${region}.amazonaws.com/v1`,
      "https://{{host.host1}}/v1",
    ],
    [`https://${"ab12".repeat(8)}.lambda-url.${region}.on.aws/`, "https://{{host.host1}}/"],
    ["https://d111111abcdef8.cloudfront.net/", "https://{{host.host1}}/"],
    ["https://d111111abcdef8.cloudfront.cn/", "https://{{host.host1}}/"],
    [
      "https://petstore.execute-api.us-west-1.amazonaws.com/petstore/pets",
      "https://{{host.host1}}/petstore/pets",
    ],
    [`http://orders-dev.${region}.elasticbeanstalk.com/x`, "http://{{host.host1}}/x"],
    ["http://orders-dev.cn-north-1.eb.amazonaws.com.cn/x", "http://{{host.host1}}/x"],
    [`https://acme-dev.auth.${region}.amazoncognito.com/oauth2/token`, "https://{{host.host1}}/oauth2/token"],
    [`https://abcdef.${region}.awsapprunner.com/`, "https://{{host.host1}}/"],
    [`https://svc-0123456789abcdef0.7d67968.vpc-lattice-svcs.${region}.on.aws/x`, "https://{{host.host1}}/x"],
    ["https://a1234567890abcdef.awsglobalaccelerator.com/", "https://{{host.host1}}/"],
    ["https://main.d1234567890abc.amplifyapp.com/", "https://{{host.host1}}/"],
    [`http://acme.s3-website-${region}.amazonaws.com/`, "http://{{host.host1}}/"],
    ["http://acme.s3-website.eu-central-1.amazonaws.com/", "http://{{host.host1}}/"],
    [`https://search-acme-x1.${region}.es.amazonaws.com/`, "https://{{host.host1}}/"],
    [`https://ec2-203-0-113-25.${region}.compute.amazonaws.com/`, "https://{{host.host1}}/"],
    [`https://abc.appsync-api.${region}.amazonaws.com/graphql`, "https://{{host.host1}}/graphql"],
    [`https://a1b2c3-ats.iot.${region}.amazonaws.com/`, "https://{{host.host1}}/"],
    [`https://app.x1y2z3.${region}.cs.amazonlightsail.com/`, "https://{{host.host1}}/"],
    [`https://${account}.dkr.ecr.${region}.amazonaws.com/`, "https://{{host.host1}}/"],
    [`https://ABC123.EXECUTE-API.${region}.amazonaws.com/`, "https://{{host.host1}}/"],
    [`https://lambda.${region}.api.aws/`, "https://lambda.{{region}}.api.aws/"],
    [`https://dynamodb-fips.${region}.amazonaws.com/`, "https://dynamodb-fips.{{region}}.amazonaws.com/"],
    [
      `https://runtime.sagemaker.${region}.amazonaws.com/`,
      "https://runtime.sagemaker.{{region}}.amazonaws.com/",
    ],
    [`https://s3.dualstack.${region}.amazonaws.com/`, "https://s3.dualstack.{{region}}.amazonaws.com/"],
    [
      `https://s3.${region}.amazonaws.com/acme-orders/a`,
      "https://s3.{{region}}.amazonaws.com/{{bucket.acmeOrders}}/a",
    ],
    [
      `https://\${stageVariables.api}.execute-api.${region}.amazonaws.com/v1`,
      "https://${stageVariables.api}.execute-api.{{region}}.amazonaws.com/v1",
    ],
    [
      `https://cognito-idp.${region}.amazonaws.com/${region}_AbCdEf123/.well-known/jwks.json`,
      "https://cognito-idp.{{region}}.amazonaws.com/{{userPool.pool1}}/.well-known/jwks.json",
    ],
    [`https://sts.${region}.amazonaws.com/`, "https://sts.{{region}}.amazonaws.com/"],
  ])("the host that AWS gave in %s", (uri, expected) => {
    expect(uriOf(uri, "http")).toBe(expected);
  });

  it.each(["1234abcd-12ab-34cd-56ef-1234567890ab", `mrk-${"12ab".repeat(8)}`])(
    "a key's id as a constant of a header: %s",
    (id) => {
      const name = "integration.request.header.x-amz-server-side-encryption-aws-kms-key-id";
      const integration = {
        type: "aws",
        uri: serviceUri("s3:path/acme-orders/{key}"),
        requestParameters: { [name]: `'${id}'` },
      };

      expect(textAt(`${integrationPointer}/requestParameters/${name}`, integration)).toMatch(
        /^'\{\{key\.key1\}\}'$/,
      );
    },
  );

  it.each([
    "loadbalancer/app/acme-dev/50dc6c495c0c9188",
    "loadbalancer/net/acme-dev/50dc6c495c0c9188",
    "listener/app/acme-dev/50dc6c495c0c9188/f2f7dc8efc522ab2",
  ])("the target of a private integration: %s", (resource) => {
    const integration = {
      type: "http_proxy",
      uri: "http://orders.example.com/",
      connectionType: "VPC_LINK",
      connectionId: "${stageVariables.vpcLink}",
      integrationTarget: `arn:aws:elasticloadbalancing:${region}:${account}:${resource}`,
    };

    const { document } = imported(exportWith(integration));

    expect(resolvePointer(document, integrationPointer)).toMatchObject({
      connectionId: "${stageVariables.vpcLink}",
      integrationTarget: "{{loadBalancer.acme}}",
    });
  });

  it("functions and Cognito pools of authorizers", () => {
    const more = {
      components: {
        securitySchemes: {
          token: {
            type: "apiKey",
            in: "header",
            name: "Authorization",
            "x-amazon-apigateway-authtype": "custom",
            "x-amazon-apigateway-authorizer": {
              type: "token",
              authorizerUri: functionUri("acme-authorizer:3"),
              authorizerCredentials: `arn:aws:iam::${account}:role/acme-authorizer-caller`,
            },
          },
          pool: {
            type: "apiKey",
            in: "header",
            name: "Authorization",
            "x-amazon-apigateway-authtype": "cognito_user_pools",
            "x-amazon-apigateway-authorizer": {
              type: "cognito_user_pools",
              providerARNs: [
                `arn:aws:cognito-idp:${region}:${account}:userpool/${region}_Bb2`,
                `arn:aws:cognito-idp:${region}:${account}:userpool/${region}_Aa1`,
              ],
            },
          },
        },
      },
    };

    const { document } = imported(exportWith({ type: "mock" }, more));

    expect(
      resolvePointer(document, "/components/securitySchemes/token/x-amazon-apigateway-authorizer"),
    ).toEqual({
      type: "token",
      authorizerUri: `${head}:lambda:path/2015-03-31/functions/{{function.acmeAuthorizer}}:3/invocations`,
      authorizerCredentials: "{{role.acmeAuthorizerCaller}}",
    });
    expect(
      resolvePointer(
        document,
        "/components/securitySchemes/pool/x-amazon-apigateway-authorizer/providerARNs",
      ),
    ).toEqual([
      `${ownArn("cognito-idp")}:userpool/{{userPool.pool1}}`,
      `${ownArn("cognito-idp")}:userpool/{{userPool.pool2}}`,
    ]);
  });

  it("several of a kind, apart from each other", () => {
    const value = exportWith({
      type: "aws",
      uri: serviceUri("s3:path/acme-orders-dev/{key}"),
      credentials: `arn:aws:iam::${account}:role/writer-dev`,
    });
    const health = resolvePointer(value, "/paths/~1health/get") as JsonObject;
    health["x-amazon-apigateway-integration"] = {
      type: "aws",
      uri: serviceUri("s3:path/acme-orders-test/{key}"),
      credentials: `arn:aws:iam::${account}:role/reader-dev`,
    };

    const names = [...listPlaceholders(imported(value).document).keys()];

    // What would be one name without the environment keeps it.
    expect(names).toEqual(
      expect.arrayContaining(["bucket.acmeOrdersDev", "bucket.acmeOrdersTest", "role.reader", "role.writer"]),
    );
  });

  it("by the names that are given, or known", () => {
    const value = exportWith({
      type: "aws",
      uri: serviceUri("s3:path/acme-orders-dev/{key}"),
      credentials: `arn:aws:iam::${account}:role/writer-dev`,
    });

    const { document } = imported(value, {
      names: {
        bucket: { "acme-orders-dev": "orders" },
        role: { [`arn:aws:iam::${account}:role/writer-dev`]: "writer" },
      },
      knownNames: {
        function: { "acme-health": "health", unused: "unused" },
        bucket: { "acme-orders-dev": "other" },
      },
    });

    expect([...listPlaceholders(document).keys()]).toEqual(
      expect.arrayContaining(["bucket.orders", "role.writer", "function.health"]),
    );
  });

  it("behind placeholders that the document has already", () => {
    const value = exportWith({
      type: "aws",
      uri: serviceUri("s3:path/acme-orders/{key}"),
      requestParameters: { "integration.request.header.x": "'{{bucket.acmeOrders}}'" },
    });

    expect(resolvePointer(imported(value).document, `${integrationPointer}/uri`)).toBe(
      `${head}:s3:path/{{bucket.acmeOrders2}}/{key}`,
    );
  });
});
