import * as z from "zod";
import { UserError } from "../contract/user-error.ts";
import { ingestionStackName, LARGE_API, pathsOf, SMALL_API } from "../domain/names.ts";
import type { Environment } from "../env/schema.ts";
import type { OpenApiDocument } from "../openapi/openapi-document.ts";
import type { Callers } from "./callers.ts";
import { inTerraformForm } from "./cdktf-outputs.ts";
import { type ApiResources, resourcesOf } from "./resources.ts";
import { type PathRoute, type PayloadLimits, pathRoutes } from "./routing.ts";

type HaproxyChoice = Extract<Environment["proxy"], { kind: "haproxy" }>;
export type CallerAuthentication = HaproxyChoice["authentication"];

/** For one machine's own use: nobody says who calls, or `Authorization: Bearer <name>` is believed. */
export type LocalAuthentication = { readonly kind: "none" } | { readonly kind: "name" };

/** URL of each API, its stage included. The two that share their paths are always there. */
export type ApiUrls = Readonly<Record<string, string>>;

/** Everything that a rendered proxy depends on. */
export interface ProxySettings {
  /** Whose proxy it is, for its comments. */
  readonly title: string;
  /** A comment on where the values come from. */
  readonly origin: string;
  readonly listener: {
    /** `*` for every interface. */
    readonly address: string;
    readonly port: number;
    /** `none` is for one machine's own use. */
    readonly tls: "required" | "none";
    readonly authentication: CallerAuthentication | LocalAuthentication;
  };
  readonly process: HaproxyChoice["process"];
  readonly callers: Callers;
  readonly payload: PayloadLimits;
  readonly limits: HaproxyChoice["limits"];
  readonly apiUrls: ApiUrls;
  readonly routes: readonly PathRoute[];
  readonly resources: ApiResources;
  /** Authorities of the APIs' certificates: `@system-ca`, or a file beside the configuration. */
  readonly apiAuthorities: string;
  /** Asked for the addresses of the VPC endpoint, again and again: they may change. */
  readonly nameserver: string;
  /** How often each API is asked whether it is there; undefined for never. */
  readonly healthCheckSeconds: number | undefined;
  /** In which the body has to begin: all of it, or its first 64 KiB. */
  readonly clientTimeoutSeconds: number;
  /** Of silence, from the API or from a client in the middle of its body. */
  readonly serverTimeoutSeconds: number;
  /** In which a refused body has to be sent. */
  readonly drainSeconds: number;
  /** After a reload, what is left of connections of before is cut. */
  readonly hardStopSeconds: number;
}

/** Amazon's DNS server, as every VPC has it under this address. */
const vpcNameserver = "169.254.169.253:53";

const output = <Value extends z.ZodType>(value: Value) =>
  z.object({ value }, "is missing: apply the stack again, then write its outputs again");
const apiUrl = z.url({ protocol: /^https$/, error: "must be an https URL" });
const outputsSchema = z.object({
  api_urls: output(z.object({ [SMALL_API]: apiUrl, [LARGE_API]: apiUrl }).catchall(apiUrl)),
  api_paths: output(z.record(z.string(), z.array(z.string()))),
  deployment: output(z.object({ account_id: z.string(), region: z.string(), name_prefix: z.string() })),
  large_payload_threshold_bytes: output(z.int().positive()),
  max_payload_bytes: output(z.int().positive()),
});

/** By which a rendered configuration tells that its host names are no placeholders. */
export const ORIGIN_OF_OUTPUTS = "Sizes and host names are those of the stack's outputs.";

/** What the proxy takes from a stack. */
export interface StackOutputs {
  readonly apiUrls: ApiUrls;
  readonly routes: readonly PathRoute[];
  readonly payload: PayloadLimits;
}

/**
 * Reads what `terraform output -json` prints for the stack of that environment, or what cdktf writes with `--outputs-file`.
 * @throws UserError that lists every problem with its path, or what shows that the outputs are of another environment
 */
export function parseStackOutputs(text: string, source: string, environment: Environment): StackOutputs {
  const parsed = outputsSchema.safeParse(inTerraformForm(readJson(text, source), source, environment.name));
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `  ${path.join(".")}: ${message}`);
    throw new UserError(
      `${source} is not the output of "terraform output -json" for this stack after an apply:\n${problems.join("\n")}`,
    );
  }
  const { api_urls, api_paths, deployment, large_payload_threshold_bytes, max_payload_bytes } = parsed.data;
  const problems = [
    ...whereElse(deployment.value, environment),
    ...otherApis(api_urls.value, api_paths.value, environment),
  ];
  if (problems.length > 0) {
    throw new UserError(
      `${source} does not match env/${environment.name}.ts:\n${problems.map((problem) => `  ${problem}`).join("\n")}\nApply ${environment.name}, then run terraform output -json in the directory of ${ingestionStackName(environment.name)}.`,
    );
  }
  return {
    apiUrls: api_urls.value,
    routes: routesOf(environment),
    payload: { thresholdBytes: large_payload_threshold_bytes.value, maxBytes: max_payload_bytes.value },
  };
}

type Deployment = z.infer<typeof outputsSchema>["deployment"]["value"];

/** Account, region and prefix belong to one environment. */
function whereElse(deployment: Deployment, { accountId, region, namePrefix }: Environment): string[] {
  const own: Deployment = { account_id: accountId, region, name_prefix: namePrefix };
  const names = ["account_id", "region", "name_prefix"] as const;
  return names.flatMap((name) =>
    deployment[name] === own[name]
      ? []
      : [`deployment.${name} is "${deployment[name]}", the environment has "${own[name]}"`],
  );
}

/** A proxy that sends to an API that is not there, or not to one that is, would show it only to callers. */
function otherApis(
  urls: ApiUrls,
  paths: Readonly<Record<string, readonly string[]>>,
  { apis }: Environment,
): string[] {
  const names = [...new Set([...Object.keys(urls), ...apis.map(({ name }) => name)])];
  return names.flatMap((name) => {
    const api = apis.find((each) => each.name === name);
    if (api === undefined) return [`the API "${name}" is in the outputs, but not in the environment`];
    if (urls[name] === undefined) return [`the API "${name}" is in the environment, but not in the outputs`];
    const [applied, own] = [paths[name] ?? [], pathsOf(api)].map((each) => each.join(", "));
    return applied === own
      ? []
      : [
          `the API "${name}" has the paths ${applied || "(none)"} in the outputs, and ${own} in the environment`,
        ];
  });
}

function routesOf({ apis }: Environment): PathRoute[] {
  return pathRoutes(apis.map((api) => ({ name: api.name, paths: pathsOf(api) })));
}

function readJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UserError(
      `${source} is not JSON. Create it in the stack's directory with "terraform output -json".`,
      { cause },
    );
  }
}

/** Stands in for outputs: host names with the API's name and, where it is not known, `vpce-id` in them. */
export function placeholderOutputs(environment: Environment): StackOutputs {
  const { apis, region, vpcEndpoint, payload } = environment;
  const endpointId = vpcEndpoint.kind === "existing" ? vpcEndpoint.id : "vpce-id";
  const dnsSuffix = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  const urlOf = (name: string) => {
    const stage = apis.find((api) => api.name === name)?.stage ?? "stage";
    return `https://${name}-${endpointId}.execute-api.${region}.${dnsSuffix}/${stage}`;
  };
  const apiUrls = {
    ...Object.fromEntries(apis.map(({ name }) => [name, urlOf(name)])),
    [SMALL_API]: urlOf(SMALL_API),
    [LARGE_API]: urlOf(LARGE_API),
  };
  return { apiUrls, routes: routesOf(environment), payload };
}

/** Those of specs/, by their file names. */
type Documents = Readonly<Record<string, OpenApiDocument>>;

function resourcesOfApis({ name: environment, apis }: Environment, documents: Documents): ApiResources {
  return Object.fromEntries(
    apis.map(({ name, document: file }) => {
      const document = documents[file];
      if (document === undefined) {
        throw new UserError(
          `The API "${name}" in env/${environment}.ts has the document specs/${file}, which does not exist. Add the file, or change the name in env/${environment}.ts.`,
        );
      }
      return [name, resourcesOf(document)];
    }),
  );
}

/**
 * The proxy of an environment that has one of its own; undefined where somebody else's stands in front.
 * @throws UserError where the document of an API is not there
 */
export function proxySettings(
  environment: Environment,
  documents: Documents,
  outputs?: StackOutputs,
): ProxySettings | undefined {
  const { name, proxy } = environment;
  if (proxy.kind !== "haproxy") return undefined;
  const { apiUrls, routes, payload } = outputs ?? placeholderOutputs(environment);
  return {
    title: `environment ${name}`,
    origin: outputs
      ? ORIGIN_OF_OUTPUTS
      : "Rendered without the stack's outputs: host names are placeholders, with the name of each API instead of its id.",
    listener: { address: "*", port: proxy.port, tls: "required", authentication: proxy.authentication },
    process: proxy.process,
    payload: { thresholdBytes: payload.thresholdBytes, maxBytes: payload.maxBytes },
    callers: proxy.callers,
    limits: proxy.limits,
    apiUrls,
    routes,
    resources: resourcesOfApis(environment, documents),
    apiAuthorities: "@system-ca",
    nameserver: vpcNameserver,
    healthCheckSeconds: 10,
    clientTimeoutSeconds: 30,
    // API Gateway answers within 29.
    serverTimeoutSeconds: 35,
    // 10 MiB at 4 Mbit/s.
    drainSeconds: 20,
    hardStopSeconds: 60,
  };
}
