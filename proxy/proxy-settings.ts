import * as z from "zod";
import { UserError } from "../contract/user-error.ts";
import type { Environment } from "../env/schema.ts";
import { largeApi, type PayloadLimits, type ProxiedApi, smallApi } from "./routing.ts";

type HaproxyChoice = Extract<Environment["proxy"], { kind: "haproxy" }>;
export type CallerAuthentication = HaproxyChoice["authentication"];

/** Everything that a rendered proxy depends on. */
export interface ProxySettings {
  /** Whose proxy it is, for its comments. */
  readonly title: string;
  /** Comments on where the values come from. */
  readonly origin: string;
  readonly listener: {
    /** `*` for every interface. */
    readonly address: string;
    readonly port: number;
    /** `none` is for one machine's own use. */
    readonly tls: "required" | "none";
    readonly authentication: CallerAuthentication | { readonly kind: "none" };
  };
  readonly payload: PayloadLimits;
  readonly limits: HaproxyChoice["limits"];
  /** URL of each API, its stage included. */
  readonly apiUrls: Readonly<Record<ProxiedApi, string>>;
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
}

/** Amazon's DNS server, as every VPC has it under this address. */
const vpcNameserver = "169.254.169.253:53";

const output = <Value extends z.ZodType>(value: Value) => z.object({ value });
const apiUrl = z.url({ protocol: /^https$/, error: "must be an https URL" });
const outputsSchema = z.object({
  api_urls: output(z.object({ [smallApi]: apiUrl, [largeApi]: apiUrl })),
  large_payload_threshold_bytes: output(z.int().positive()),
  max_payload_bytes: output(z.int().positive()),
});

/** What the proxy takes from a stack. */
export interface StackOutputs {
  readonly apiUrls: Readonly<Record<ProxiedApi, string>>;
  readonly payload: PayloadLimits;
}

/**
 * Reads what `terraform output -json` prints.
 * @throws UserError that lists every problem with its path
 */
export function parseStackOutputs(text: string, source: string): StackOutputs {
  const parsed = outputsSchema.safeParse(readJson(text, source));
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `  ${path.join(".")}: ${message}`);
    throw new UserError(
      `${source} is not what "terraform output -json" prints for this stack after an apply:\n${problems.join("\n")}`,
    );
  }
  const { api_urls, large_payload_threshold_bytes, max_payload_bytes } = parsed.data;
  return {
    apiUrls: api_urls.value,
    payload: { thresholdBytes: large_payload_threshold_bytes.value, maxBytes: max_payload_bytes.value },
  };
}

function readJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UserError(
      `${source} is not JSON. Write it with "terraform output -json", in the stack's directory.`,
      { cause },
    );
  }
}

/** Stands in for outputs: host names with the API's name and, where it is not known, `vpce-id` in them. */
export function placeholderOutputs(environment: Environment): StackOutputs {
  const { apis, region, vpcEndpoint, payload } = environment;
  const endpointId = vpcEndpoint.kind === "existing" ? vpcEndpoint.id : "vpce-id";
  const dnsSuffix = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  const urlOf = (name: ProxiedApi) => {
    const stage = apis.find((api) => api.name === name)?.stage ?? "stage";
    return `https://${name}-${endpointId}.execute-api.${region}.${dnsSuffix}/${stage}`;
  };
  return { apiUrls: { [smallApi]: urlOf(smallApi), [largeApi]: urlOf(largeApi) }, payload };
}

/** The proxy of an environment that has one of its own; undefined where somebody else's stands in front. */
export function proxySettings(environment: Environment, outputs?: StackOutputs): ProxySettings | undefined {
  const { name, proxy } = environment;
  if (proxy.kind !== "haproxy") return undefined;
  const { apiUrls, payload } = outputs ?? placeholderOutputs(environment);
  return {
    title: `environment ${name}`,
    origin: outputs
      ? "Sizes and host names are those of the stack's outputs."
      : "The stack's outputs were not given: host names are placeholders, made of each API's name in place of its id.",
    listener: { address: "*", port: proxy.port, tls: "required", authentication: proxy.authentication },
    payload: { thresholdBytes: payload.thresholdBytes, maxBytes: payload.maxBytes },
    limits: proxy.limits,
    apiUrls,
    apiAuthorities: "@system-ca",
    nameserver: vpcNameserver,
    healthCheckSeconds: 10,
    clientTimeoutSeconds: 30,
    // API Gateway answers within 29.
    serverTimeoutSeconds: 35,
  };
}
