import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { loadEnvironment } from "../environments.ts";

export type Algorithm = "RS256" | "ES256";

export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicPem: string;
}

export function createSigningKey(algorithm: Algorithm): SigningKey {
  const { privateKey, publicKey } =
    algorithm === "RS256"
      ? generateKeyPairSync("rsa", { modulusLength: 2048 })
      : generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  return { privateKey, publicPem: publicKey.export({ type: "spki", format: "pem" }).toString() };
}

const encode = (value: unknown) =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

/** A JSON Web Token in compact form; `header` may lie about the algorithm, and claims may be JSON already. */
export function createToken(
  key: SigningKey,
  claims: Readonly<Record<string, unknown>> | string,
  header: Readonly<Record<string, unknown>>,
): string {
  const input = `${encode({ typ: "at+jwt", ...header })}.${encode(claims)}`;
  const signature = sign("sha256", Buffer.from(input), { key: key.privateKey, dsaEncoding: "ieee-p1363" });
  return `${input}.${signature.toString("base64url")}`;
}

/** As the tokens of an environment say it. */
export function audienceOf(environment: string): string {
  const { proxy } = loadEnvironment(environment);
  if (proxy.kind !== "haproxy" || proxy.authentication.kind !== "jwt") throw new Error("there are no tokens");
  return proxy.authentication.audience;
}
