import * as z from "zod";
import { CALLER_RIGHTS } from "../../contract/caller-rights.ts";
import { SHARED_CALLER } from "../../contract/keys.ts";
import { parseJson } from "../../contract/parse-json.ts";
import { UserError } from "../../contract/user-error.ts";
import type { Environment } from "../../env/schema.ts";
import type { Caller } from "../../proxy/callers.ts";

/**
 * As whom a verification calls: who is named, whose token it is, or else the first that may do all of it.
 * @returns undefined behind a proxy of somebody else, which alone knows the name
 * @throws UserError where nobody may, naming what it takes
 */
export function chooseCaller(
  { name: environment, proxy }: Environment,
  named: string | undefined,
  token: string | undefined,
): string | undefined {
  if (proxy.kind !== "haproxy") return named;
  if (proxy.callers === SHARED_CALLER) {
    if (named === undefined || named === SHARED_CALLER) return SHARED_CALLER;
    throw refusal(`${environment} has no list of callers: leave out --caller.`);
  }
  const { callers } = proxy;
  const known = callers.map(({ name, may }) => `\n  ${name}: ${may.join(", ")}`).join("");
  const wanted = named ?? callerOfToken(proxy, token);
  const caller = wanted === undefined ? callers.find(mayAll) : callers.find(({ name }) => name === wanted);
  if (caller !== undefined && mayAll(caller)) return caller.name;
  const who =
    wanted === undefined
      ? "No caller has these rights"
      : caller
        ? `${wanted} lacks some of them`
        : `There is no caller ${wanted}`;
  throw refusal(
    `A verification needs a caller that may ${CALLER_RIGHTS.join(", ")}. ${who}. proxy.callers of env/${environment}.ts:${known}\nAdd a caller with all these rights and its own credential to env/${environment}.ts, or choose another with --caller.`,
  );
}

function refusal(message: string): UserError {
  return new UserError(message, { exitCode: 2 });
}

function mayAll({ may }: Caller): boolean {
  return CALLER_RIGHTS.every((right) => may.includes(right));
}

type Haproxy = Extract<Environment["proxy"], { kind: "haproxy" }>;

const claimsSchema = z.record(z.string(), z.unknown());

/**
 * Whose token it is, by the claim that the proxy reads. Its signature is the proxy's to check; what cannot be read here is
 * left to it.
 * @throws UserError where the token is of nobody that the environment lists
 */
function callerOfToken({ authentication, callers }: Haproxy, token: string | undefined): string | undefined {
  if (authentication.kind !== "jwt" || token === undefined || callers === SHARED_CALLER) return undefined;
  const claims = claimsSchema.safeParse(
    parseJson(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8")),
  );
  const subject = claims.success ? claims.data[authentication.callerIdClaim] : undefined;
  if (typeof subject !== "string") return undefined;
  const owner = callers.find(({ credentials }) =>
    credentials.some((credential) => credential.kind === "subject" && credential.subject === subject),
  );
  if (owner !== undefined) return owner.name;
  throw refusal(
    `The token's ${authentication.callerIdClaim} matches no caller in proxy.callers. Request a token for one of them.`,
  );
}
