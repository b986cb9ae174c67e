import * as z from "zod";
import { callers } from "./caller-fields.ts";
import { byDefault, group, variable } from "./field-notes.ts";
import {
  choice,
  cidrBlock,
  integer,
  isPrivateSize,
  isUnique,
  LARGEST_NETWORK_BITS,
  name,
  option,
} from "./field-types.ts";

/** Without quotes, blanks and backslashes, so that the configuration can contain it unchanged. */
const claim = (what: string) =>
  name(
    /^[A-Za-z0-9][A-Za-z0-9._~:/?#[\]@!$&()*+,;=%-]{0,511}$/,
    `must be ${what}: a URL or a word of at most 512 characters`,
  );

/** A path relative to the proxy's configuration. */
const proxyFile = name(
  /^(?!.*\.\.)[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)*\.pem$/,
  "must be a .pem file beside the proxy's configuration, such as jwt/2026-01.pem",
);

const callerAuthentication = choice('must have kind "jwt" or "mutual-tls"', [
  option("jwt", {
    /** RFC 8414 requires https, without a query or fragment. */
    issuer: name(
      /^https:\/\/[A-Za-z0-9][A-Za-z0-9._~:/@!$&()*+,;=%-]{0,503}$/,
      "must be the issuer, exactly as in the token's iss: an https URL of at most 512 characters without a query or fragment",
    ).describe("Issuer of the tokens."),
    audience: claim("the audience, exactly as in the token's aud").describe("Audience of the tokens."),
    algorithm: z
      .enum(
        ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"],
        "must be RS256, RS384, RS512, ES256, ES384 or ES512",
      )
      .describe("Algorithm of the tokens' signatures."),
    keyFiles: z
      .array(proxyFile)
      .min(1, "needs the issuer's public key")
      .max(2, "must be at most 2: the old key and the new one")
      .refine(isUnique, "must not contain a file twice")
      .describe("Files with the issuer's public keys. Name two files while the issuer changes its key."),
    callerIdClaim: z
      .enum(["sub", "client_id", "azp"], "must be sub, client_id or azp")
      .describe("Claim that identifies the caller. The setting subject of a credential contains its value.")
      .apply(byDefault, "sub", "in client-credentials tokens, RFC 9068 puts the caller into this claim"),
    tokenType: z
      .enum(["at+jwt", "any"], 'must be "at+jwt", or "any" if the issuer does not mark access tokens')
      .describe(
        'Value that typ must have in the header of a token (RFC 9068). With "any", the proxy also accepts ID tokens of the same audience.',
      ),
    certificateBound: z
      .boolean("must be true or false")
      .describe(
        "Whether the proxy accepts a token only together with its client certificate, which the claim cnf.x5t#S256 names (RFC 8705).",
      )
      .apply(byDefault, false, "most issuers do not bind tokens to certificates"),
  }).describe("Access tokens of the OAuth 2 client-credentials grant, in the header Authorization."),
  option("mutual-tls", {
    revocation: z
      .enum(
        ["crl-file", "none"],
        'must be "crl-file", or "none" if certificates are never revoked before they expire',
      )
      .describe(
        "How the proxy learns of revoked certificates: from tls/client-crl.pem, which contains a CRL of each CA, or not at all.",
      ),
  }).describe("Client certificates of the CA in tls/client-ca.pem."),
]).describe("How callers authenticate to the proxy.");

/** 100 blocks leave the resource policy of an API below AWS's limit of 8,192 characters. */
const MOST_ADDRESSES = 100;

/** The APIs' resource policies deny everything else, and a managed endpoint's security group admits nothing else. */
const addresses = z
  .union(
    [
      z.literal("any"),
      z
        .array(
          cidrBlock.refine(
            isPrivateSize,
            `must not be larger than /${LARGEST_NETWORK_BITS}: name only the networks of the proxy, or set addresses: "any" to allow every address`,
          ),
        )
        .min(1, 'needs the CIDR blocks from which the proxy calls, or set addresses: "any"')
        .max(MOST_ADDRESSES, `must be at most ${MOST_ADDRESSES} CIDR blocks`)
        .refine(isUnique, "must not contain a block twice")
        .apply(
          variable,
          "proxy_addresses",
          "CIDR blocks of the proxy, which are the only addresses that may call the APIs.",
        ),
    ],
    'must be a list of CIDR blocks such as ["10.0.0.0/28"], or "any"',
  )
  .describe(
    'CIDR blocks from which the proxy calls the APIs. The setting "any" allows every address; then the variable does not exist.',
  );

const url = name(
  /^https:\/\/[A-Za-z0-9][A-Za-z0-9.-]{0,252}(:\d{1,5})?$/,
  "must be the https URL of the proxy, without a path, such as https://ingestion.example.com",
)
  .describe("URL at which callers reach the proxy. npm run verify sends its requests to it.")
  .exactOptional();

export const proxy = choice('must have kind "haproxy" or "external"', [
  option("haproxy", {
    url,
    port: integer(1, 65_535, "TCP port")
      .describe("Port on which HAProxy listens.")
      .apply(byDefault, 8443, "a port above 1023 needs no privileges"),
    process: z
      .enum(["root", "unprivileged"], 'must be "root" or "unprivileged"')
      .describe(
        'User that starts HAProxy. With "root", HAProxy gives up the rights of root after its start. "unprivileged" is any other user, as in a container.',
      )
      .apply(byDefault, "root", "the services of Linux distributions start as root"),
    addresses,
    authentication: callerAuthentication,
    callers,
    limits: group({
      connections: integer(1, 20_000, "connections")
        .describe("Largest number of connections to the proxy at the same time.")
        .apply(byDefault, 2_000, "uses half a gigabyte of memory for buffers"),
      connectionsPerSource: integer(2, 999, "connections")
        .describe(
          "Largest number of connections from one address at the same time. Half of this number if no caller has used the address in the last hour.",
        )
        .apply(byDefault, 80, "20 addresses together leave a fifth of the connections for others"),
      requestsPerSecondPerSource: integer(1, 10_000, "requests per second")
        .describe("Largest number of requests per second from one address, as an average over ten seconds.")
        .apply(byDefault, 200, "enough for a busy caller, and stops a flood"),
    }),
  }).describe("HAProxy with the configuration that npm run proxy writes."),
  option("external", { url, addresses }).describe(
    "Another proxy, which must do what docs/proxy.md requires.",
  ),
]).describe("The proxy in front of both APIs.");
