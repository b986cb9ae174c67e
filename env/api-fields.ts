import * as z from "zod";
import { isAtOrBelow } from "../contract/paths.ts";
import {
  isSizeRouted,
  LARGE_API,
  type NamedPaths,
  pathsOf,
  SHARED_PATH,
  SMALL_API,
} from "../domain/names.ts";
import { externalArnOf, externalRefusal } from "./external-arns.ts";
import { byDefault, derived, group, isRecord, rule, variable } from "./field-notes.ts";
import {
  awsId,
  bucketName,
  derivedName,
  functionName,
  hostName,
  integer,
  name,
  option,
  roleName,
} from "./field-types.ts";

/** Parts of the stack that placeholders of a document can be bound to, with the kind of those placeholders. */
const STACK_PARTS = {
  gatewayWriterRole: "role",
  documentReaderRole: "role",
  intakeBucket: "bucket",
  documentsBucket: "bucket",
  apiFunction: "function",
  vpcEndpoint: "vpcEndpoint",
} as const;
export type StackPart = keyof typeof STACK_PARTS;

const serviceName = (what: string) =>
  name(/^[A-Za-z0-9_./-]{1,256}$/, `must be the name of ${what}, not an ARN`);

/** The name of a resource outside of the stack, by the placeholder's kind: its part before the dot. */
const existingName = {
  bucket: bucketName,
  deliveryStream: serviceName("a Firehose stream"),
  eventBus: serviceName("an event bus"),
  function: functionName,
  host: hostName("api.example.com"),
  key: name(
    /^(?!alias\/)[A-Za-z0-9/_-]{1,250}$/,
    "must be the id of a KMS key, or the name of an alias without alias/, not an ARN",
  ),
  loadBalancer: name(
    /^(?!internal-)[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/,
    "must be the name of a load balancer, not an ARN or a host name",
  ),
  queue: serviceName("a queue"),
  role: roleName,
  stateMachine: serviceName("a state machine"),
  stream: serviceName("a Kinesis stream"),
  table: serviceName("a table"),
  topic: serviceName("a topic"),
  userPool: name(
    /^[a-z0-9-]+_[A-Za-z0-9]+$/,
    "must be the id of a Cognito user pool, such as eu-central-1_AbCd12345",
  ),
  vpcEndpoint: awsId("vpce"),
  vpcLink: name(/^[a-z0-9]{4,32}$/, "must be the id of a VPC link"),
} as const;
type PlaceholderKind = keyof typeof existingName;
const placeholderKinds = Object.keys(existingName) as PlaceholderKind[];
const kindOf = (placeholder: string) => placeholder.split(".")[0] as PlaceholderKind;

/** What to do with an unbound placeholder: `bind it to apiFunction or { kind: "existing", name: "…" }`. */
export function adviseBinding(placeholder: string): string {
  const [kind = "", label, part] = placeholder.split(".");
  if (!Object.hasOwn(existingName, kind)) {
    return `make it <kind>.<name> with one of the kinds ${placeholderKinds.join(", ")}`;
  }
  const parts = Object.entries(STACK_PARTS).flatMap(([each, its]) => (its === kind ? [each] : []));
  const own = [...parts, '{ kind: "existing", name: "…" }'];
  // A placeholder with three parts may stand for a resource of another account.
  if (part === undefined) return `bind it to ${own.join(", ").replace(/, (?=\{)/, " or ")}`;
  const external = externalRefusal(kind) === undefined ? ', or to { kind: "external", arn: "…" }' : "";
  return `bind ${kind}.${label} to ${own.join(", ").replace(/, (?=\{)/, " or ")}${external}`;
}

/** `{{role.x}}`, `{{bucket.x}}` … of a document: a part of the stack, or a resource that exists. */
const bindings = z
  .record(
    name(
      new RegExp(`^(${placeholderKinds.join("|")})\\.[A-Za-z][A-Za-z0-9]*$`),
      `must be a placeholder, <kind>.<name>, with one of the kinds ${placeholderKinds.join(", ")}`,
    ),
    z
      .union(
        [
          z.enum(Object.keys(STACK_PARTS) as StackPart[]).describe("A part of the stack."),
          option("existing", {
            name: variable(
              z.string("must be a name or an id of the placeholder's kind, not an ARN"),
              "*_*_name",
              "In the API *, name of the resource that replaces {{*}} in the OpenAPI document.",
              (placeholder) => existingName[kindOf(placeholder)],
            ),
          }).describe("A resource of the same account and region, which the stack looks up."),
          option("external", {
            arn: variable(
              z.string("must be an ARN of the placeholder's kind"),
              "*_*_arn",
              "In the API *, ARN of the resource in another account or region that replaces {{*}} in the OpenAPI document.",
              (placeholder) => externalArnOf(kindOf(placeholder)),
            ),
          }).describe("A resource of another account or region, which is only named."),
        ],
        `must be one of ${Object.keys(STACK_PARTS).join(", ")}, { kind: "existing", name }, or { kind: "external", arn }`,
      )
      .describe(
        "What replaces one placeholder of the OpenAPI document. An example of a placeholder is bucket.intake.",
      ),
  )
  .superRefine((bound, context) => {
    for (const [placeholder, target] of Object.entries(bound)) {
      const problem = bindingProblem(kindOf(placeholder), target);
      if (problem) {
        const [message, ...field] = problem;
        context.addIssue({ code: "custom", path: [placeholder, ...field], message });
      }
    }
  })
  .describe("What replaces each placeholder of the OpenAPI document.");

type Target = StackPart | { kind: "existing"; name: string } | { kind: "external"; arn: string };

/** What is wrong with the target of a placeholder, and in which of its fields. */
function bindingProblem(
  kind: PlaceholderKind,
  target: Target,
): [message: string, ...field: string[]] | undefined {
  if (typeof target === "string") {
    return STACK_PARTS[target] === kind
      ? undefined
      : [
          `is a ${kind} placeholder, but ${target} is a ${STACK_PARTS[target]}: bind it to something of the kind ${kind}`,
        ];
  }
  const messageOf = (schema: z.ZodString, given: string) => schema.safeParse(given).error?.issues[0]?.message;
  const [message, field] =
    target.kind === "existing"
      ? [messageOf(existingName[kind], target.name), "name"]
      : [externalRefusal(kind) ?? messageOf(externalArnOf(kind), target.arn), "arn"];
  return message === undefined ? undefined : [message, field];
}

/** The bindings of the documents that the domain determines, by file name. */
const SHIPPED_BINDINGS: Readonly<Record<string, Readonly<Record<string, StackPart>>>> = {
  [`${SMALL_API}.openapi.json`]: { "function.api": "apiFunction" },
  [`${LARGE_API}.openapi.json`]: {
    "role.intakeWriter": "gatewayWriterRole",
    "role.documentReader": "documentReaderRole",
    "bucket.intake": "intakeBucket",
    "bucket.documents": "documentsBucket",
  },
};
const CALM =
  "protects a small environment from a caller that sends too much; for more traffic, measure it and set the result";
const rateLimit = integer(1, 10_000, "requests per second");
const burstLimit = integer(1, 5_000, "requests");
const USUAL_THROTTLING = { rateLimit: 50, burstLimit: 100 } as const;

export const throttling = group(
  {
    rateLimit: rateLimit
      .describe("Largest number of requests per second for each method of an API.")
      .apply(byDefault, USUAL_THROTTLING.rateLimit, CALM),
    burstLimit: burstLimit
      .describe("Largest number of requests that may arrive at the same time, for each method of an API.")
      .apply(byDefault, USUAL_THROTTLING.burstLimit, CALM),
  },
  "Throttling of every API that has no throttling of its own.",
);

/** One of an API's limits: the environment's, if that is valid. */
function ofEnvironment(limit: keyof typeof USUAL_THROTTLING, field: z.ZodInt) {
  return derived(field, `the environment's throttling.${limit}`, ({ throttling }) => {
    const given = field.safeParse(isRecord(throttling) ? throttling[limit] : undefined);
    return given.success ? given.data : USUAL_THROTTLING[limit];
  });
}

export const apiPath = name(
  /^(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._,:-]+)+$/,
  "must be a path such as /statements: whole segments of letters, digits and ._,:-, without parameters and without a slash at the end",
);

/** https://docs.aws.amazon.com/apigateway/latest/api/API_Stage.html and the quotas of REST APIs. */
const stageVariables = z
  .record(
    name(/^[A-Za-z0-9_]{1,64}$/, "must be 1 to 64 letters, digits and underscores"),
    name(
      /^[A-Za-z0-9._~:/?#&=,-]{1,512}$/,
      "must be 1 to 512 letters, digits and the characters -._~:/?#&=, that API Gateway allows",
    ),
  )
  .refine(
    rule(
      (variables: object) => Object.keys(variables).length <= 100,
      (variables) => `length(${variables}) <= 100`,
    ),
    "must be at most 100, the limit of AWS",
  )
  .apply(
    variable,
    "*_stage_variables",
    "Stage variables of the API *, which its OpenAPI document may use. Not for secrets.",
  );

export const apiName = name(
  /^(?=.{1,40}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
  "must be lower-case words of letters and digits, joined by hyphens: it names resources",
);

export const apiDocument = name(
  /^[\w.-]+\.openapi\.json$/,
  "must be the name of an .openapi.json file in specs/",
);
export const apiStage = name(/^[A-Za-z0-9_-]{1,128}$/, "must be letters, digits, hyphens and underscores");

const api = z.strictObject({
  name: apiName.describe("Name of the API. The names of its resources contain it."),
  document: derivedName(
    "<name>.openapi.json",
    apiDocument.describe("File name of the OpenAPI document in specs/."),
  ),
  stage: apiStage
    .apply(variable, "*_stage_name", "Stage of the API *.")
    .apply(byDefault, "v1", "the first version of the API"),
  paths: z
    .array(apiPath, "must be a list of paths")
    .min(1, "needs a path")
    .max(20, "must be at most 20 paths")
    .describe(
      "Paths that the proxy sends to the API, with everything below them. If you leave it out, the path is /<name>.",
    )
    .exactOptional(),
  /** Everybody who may read the stage sees them: secrets have no place there. */
  stageVariables: stageVariables.exactOptional(),
  throttling: group({
    rateLimit: ofEnvironment(
      "rateLimit",
      variable(
        rateLimit,
        "*_throttling_rate_limit",
        "Largest number of requests per second for each method of the API *.",
      ),
    ),
    burstLimit: ofEnvironment(
      "burstLimit",
      variable(
        burstLimit,
        "*_throttling_burst_limit",
        "Largest number of requests that may arrive at the same time, for each method of the API *.",
      ),
    ),
  }),
  bindings: derived(
    bindings,
    "the parts of the stack that the domain's OpenAPI documents need; none for other documents",
    (_, { name, document = `${name}.openapi.json` }) => SHIPPED_BINDINGS[String(document)] ?? {},
  ),
});

export const apis = z
  .array(api)
  .min(1, "needs at least one API")
  .superRefine((all, context) => {
    for (const problem of [...sharedPathProblems(all), ...overlaps(all)]) {
      context.addIssue({ code: "custom", ...problem });
    }
  })
  .describe("APIs of the environment, each with an OpenAPI document.");

interface PathProblem {
  readonly path: (string | number)[];
  readonly message: string;
  readonly input: unknown;
}

/** The two APIs of the domain share one path, which cannot be changed. */
function sharedPathProblems(all: readonly NamedPaths[]): PathProblem[] {
  return all.flatMap(({ name, paths }, index) =>
    isSizeRouted(name) && paths !== undefined
      ? [
          {
            path: [index, "paths"],
            message: `must be removed: ${SMALL_API} and ${LARGE_API} share the path ${SHARED_PATH}, and the payload's size decides between them`,
            input: paths,
          },
        ]
      : [],
  );
}

function overlaps(all: readonly NamedPaths[]): PathProblem[] {
  const places = all.flatMap(({ name, paths }, index) =>
    pathsOf({ name, paths }).map((prefix, position) => ({
      name,
      prefix,
      path: paths === undefined ? [index] : [index, "paths", position],
      at: paths === undefined ? `apis[${index}]` : `apis[${index}].paths[${position}]`,
    })),
  );
  return places.flatMap((one, index) =>
    places
      .slice(0, index)
      .filter((other) => one.name !== other.name && !(isSizeRouted(one.name) && isSizeRouted(other.name)))
      .filter(({ prefix }) => isAtOrBelow(one.prefix, prefix) || isAtOrBelow(prefix, one.prefix))
      .map(({ name, prefix, at }) => ({
        path: one.path,
        message: `its path ${one.prefix} overlaps ${prefix} of ${at} ("${name}"): the proxy could not decide which API a request is for`,
        input: one.prefix,
      })),
  );
}
