import { UserError } from "../../contract/user-error.ts";
import type { Environment } from "../../env/schema.ts";
import type { Credentials } from "../../operations/verify/client.ts";
import type { ConnectTo } from "../../operations/verify/exchange.ts";
import { readInput } from "../caller-files.ts";
import type { Arguments } from "../command.ts";

/** A credential stands in no command line: other users of the machine can read those. */
export const credentialOptions = { "token-file": "text", certificate: "text", key: "text" } as const;

export const credentialHelp = `\
  --token-file <file>         the caller's access token; or the variable VERIFY_TOKEN holds it
  --certificate <file>        with --key <file>: the caller's client certificate and its chain, and its private key, as PEM`;

const refuse = (message: string) => new UserError(message, { exitCode: 2 });

/**
 * What the proxy knows the caller by.
 * @throws UserError where it asks for one that is not given, or a file cannot be read
 */
export function readCredentials(
  { proxy }: Environment,
  { text }: Pick<Arguments, "text">,
  env: NodeJS.ProcessEnv,
): Credentials {
  const token = readToken(text("token-file"), env);
  const clientCertificate = readCertificate(text("certificate"), text("key"), env);
  const kind = proxy.kind === "haproxy" ? proxy.authentication.kind : "none";
  if (kind === "jwt" && token === undefined) {
    throw refuse("The proxy requires an access token: set VERIFY_TOKEN, or give --token-file <file>.");
  }
  if (kind === "mutual-tls" && clientCertificate === undefined) {
    throw refuse("The proxy requires a client certificate: give --certificate <file> and --key <file>.");
  }
  return { token, clientCertificate };
}

function readToken(file: string | undefined, env: NodeJS.ProcessEnv): string | undefined {
  const given = file === undefined ? env["VERIFY_TOKEN"] : readInput(file, env);
  const token = given?.trim();
  if (token === undefined || (token === "" && file === undefined)) return undefined;
  // Of RFC 6750; also what a header can hold.
  if (/^[A-Za-z0-9._~+/-]+=*$/.test(token)) return token;
  throw refuse(
    `${file ?? "VERIFY_TOKEN"} must contain only the access token, without "Bearer" and without quotes.`,
  );
}

function readCertificate(certificate: string | undefined, key: string | undefined, env: NodeJS.ProcessEnv) {
  if (certificate === undefined && key === undefined) return undefined;
  if (certificate === undefined || key === undefined) throw refuse("Give --certificate and --key together.");
  const pems = { certificate: readInput(certificate, env), key: readInput(key, env) };
  for (const [name, file] of Object.entries({ certificate, key })) {
    const words = name === "key" ? "PRIVATE KEY-----" : "-----BEGIN CERTIFICATE-----";
    if (!pems[name === "key" ? "key" : "certificate"].includes(words)) {
      throw refuse(`${file} is no ${name === "key" ? "private key" : "certificate"} in PEM.`);
    }
  }
  return pems;
}

/** @throws UserError where it is no host and port */
export function readConnectTo(text: string | undefined): ConnectTo | undefined {
  if (text === undefined) return undefined;
  const [, host, port] = /^(\[[0-9a-f:.]+\]|[A-Za-z0-9.-]+):(\d{1,5})$/i.exec(text) ?? [];
  if (host === undefined || !(Number(port) >= 1 && Number(port) <= 65_535)) {
    throw refuse("--connect must be a host and a port, such as 127.0.0.1:8443.");
  }
  return { host: host.replaceAll(/[[\]]/g, ""), port: Number(port) };
}
