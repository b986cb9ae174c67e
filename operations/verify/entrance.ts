import { UserError } from "../../contract/user-error.ts";
import { LARGE_API, SMALL_API } from "../../domain/names.ts";
import type { Environment } from "../../env/schema.ts";
import type { DeployedStack } from "../deployed-stack.ts";
import type { ApiSide } from "./answer.ts";

/** By which a verification enters: the proxy, or each API by its own URL through the VPC endpoint. */
export type Entrance =
  | { readonly kind: "proxy"; readonly url: string }
  | { readonly kind: "endpoint"; readonly urls: Readonly<Record<ApiSide, string>> };

/**
 * The proxy's URL that is given, the environment's, or the local run's. Without any, an API's own URL where its policy admits
 * every address.
 * @throws UserError where there is no such way in
 */
export function chooseEntrance(
  { name, proxy }: Environment,
  stack: DeployedStack,
  given: string | undefined,
): Entrance {
  if (given !== undefined) return { kind: "proxy", url: originOf(given) };
  if (stack.local !== undefined) return { kind: "proxy", url: stack.local.url };
  if (proxy.url !== undefined) return { kind: "proxy", url: proxy.url };
  const [small, large] = [stack.apiUrls[SMALL_API], stack.apiUrls[LARGE_API]];
  if (proxy.addresses === "any" && small !== undefined && large !== undefined) {
    return { kind: "endpoint", urls: { small, large } };
  }
  throw new UserError(
    `The URL of the proxy of ${name} is not set. Set proxy.url in env/${name}.ts, or give --proxy https://…. The APIs answer only the addresses of the proxy (proxy.addresses).`,
    { exitCode: 2 },
  );
}

const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];

/** @throws UserError where a credential would travel in clear text, or the URL has more than a host */
function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isAllowed =
    url !== undefined &&
    (url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK.includes(url.hostname))) &&
    `${url.username}${url.password}${url.search}${url.hash}` === "" &&
    url.pathname === "/";
  if (!isAllowed) {
    throw new UserError(
      `--proxy must be an https URL without a path, such as https://ingestion.example.com; http is allowed for 127.0.0.1 only.`,
      { exitCode: 2 },
    );
  }
  return url.origin;
}

/**
 * Of each API by itself, past the proxy: through the VPC endpoint, or where `npm start` has it.
 * @returns undefined where the outputs name none
 */
export function directUrls({ apiUrls, local }: DeployedStack): Readonly<Record<ApiSide, string>> | undefined {
  const [small, large] = [SMALL_API, LARGE_API].map((name) => {
    const url = apiUrls[name];
    return url !== undefined && local !== undefined
      ? `${local.apisUrl}/apis/${name}${new URL(url).pathname}`
      : url;
  });
  return small === undefined || large === undefined ? undefined : { small, large };
}
