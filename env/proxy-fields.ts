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

/** Free of quotes, blanks and backslashes, so that it can be written into a configuration as it is. */
const claim = (what: string) =>
  name(
    /^[A-Za-z0-9][A-Za-z0-9._~:/?#[\]@!$&()*+,;=%-]{0,511}$/,
    `must be ${what}: a URL or a word of at most 512 characters`,
  );

/** Lies beside the proxy's configuration. */
const proxyFile = name(
  /^(?!.*\.\.)[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)*\.pem$/,
  "must be a .pem file beside the proxy's configuration, such as jwt/2026-01.pem",
);

/** How the proxy knows who calls. */
const callerAuthentication = choice('must have kind "jwt" or "mutual-tls"', [
  /** An access token of the OAuth 2 client-credentials grant, as `Authorization: Bearer`. */
  option("jwt", {
    /** RFC 8414 asks for https, without a query and a fragment. */
    issuer: name(
      /^https:\/\/[A-Za-z0-9][A-Za-z0-9._~:/@!$&()*+,;=%-]{0,503}$/,
      "must be the issuer, exactly as in the token's iss: an https URL of at most 512 characters, without a query and a fragment",
    ),
    audience: claim("the audience, exactly as in the token's aud"),
    algorithm: z.enum(
      ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"],
      "must be RS256, RS384, RS512, ES256, ES384 or ES512",
    ),
    /** Public keys of the issuer. Two while it changes from one to the other. */
    keyFiles: z
      .array(proxyFile)
      .min(1, "needs the issuer's public key")
      .max(2, "must be at most 2: the old key and the new one")
      .refine(isUnique, "must not name a file twice"),
    /** The claim that names the caller: the `subject` of its credential. */
    callerIdClaim: z
      .enum(["sub", "client_id", "azp"], "must be sub, client_id or azp")
      .apply(byDefault, "sub", "RFC 9068 puts the caller there, where nobody else is asked"),
    /** The header's typ: RFC 9068 marks access tokens by at+jwt. "any" takes an ID token of the same audience too. */
    tokenType: z.enum(
      ["at+jwt", "any"],
      'must be "at+jwt", or "any" where the issuer does not mark access tokens',
    ),
    /** Whether a token counts only on a connection of the certificate in its cnf.x5t#S256 (RFC 8705). */
    certificateBound: z
      .boolean("must be true or false")
      .apply(byDefault, false, "few issuers bind tokens to certificates"),
  }),
  /** A certificate of the CA in `tls/client-ca.pem`. */
  option("mutual-tls", {
    /** With "crl-file", tls/client-crl.pem has a list of every CA; "none" trusts a certificate until its end. */
    revocation: z.enum(
      ["crl-file", "none"],
      'must be "crl-file", or "none" where certificates are never revoked before their end',
    ),
  }),
]);

/** 100 blocks leave the resource policy of an API below AWS's limit of 8,192 characters. */
const MOST_ADDRESSES = 100;

/**
 * Where the proxy calls from: the network as a credential. The APIs' resource policies deny everything else, and a managed
 * endpoint's security group admits nothing else. "any" is the explicit choice of every address.
 */
const addresses = z.union(
  [
    z.literal("any"),
    z
      .array(
        cidrBlock.refine(
          isPrivateSize,
          `must not be larger than /${LARGEST_NETWORK_BITS}: name the networks of the proxy alone (an environment that means every address says addresses: "any")`,
        ),
      )
      .min(1, 'needs the CIDR blocks from which the proxy calls, or say addresses: "any"')
      .max(MOST_ADDRESSES, `must be at most ${MOST_ADDRESSES} CIDR blocks`)
      .refine(isUnique, "must not name a block twice")
      .apply(
        variable,
        "proxy_addresses",
        "CIDR blocks of the external API proxy: nothing else may call the APIs.",
      ),
  ],
  'must be a list of CIDR blocks such as ["10.0.0.0/28"], or "any"',
);

/** At which callers reach it: what a check of the deployment sends to. */
const url = name(
  /^https:\/\/[A-Za-z0-9][A-Za-z0-9.-]{0,252}(:\d{1,5})?$/,
  "must be the https URL of the proxy, without a path, such as https://ingestion.example.com",
).exactOptional();

/** The one URL in front of both APIs. */
export const proxy = choice('must have kind "haproxy" or "external"', [
  option("haproxy", {
    url,
    port: integer(1, 65_535, "TCP port").apply(byDefault, 8443, "needs no privilege"),
    /** How HAProxy is started: by root, whose rights it gives up, or by a user without any, as in a container. */
    process: z
      .enum(["root", "unprivileged"], 'must be "root" or "unprivileged"')
      .apply(byDefault, "root", "what the service of a Linux distribution does"),
    addresses,
    authentication: callerAuthentication,
    callers,
    limits: group({
      /** At once. */
      connections: integer(1, 20_000, "connections").apply(byDefault, 2_000, "half a gigabyte of buffers"),
      /** Of an address from which a caller has sent in the last hour; of any other one, half of it. */
      connectionsPerSource: integer(2, 999, "connections").apply(
        byDefault,
        80,
        "twenty addresses leave a fifth to others",
      ),
      /** As an average over ten seconds. */
      requestsPerSecondPerSource: integer(1, 10_000, "requests per second").apply(
        byDefault,
        200,
        "a busy sender, and no flood",
      ),
    }),
  }),
  /** Somebody else's: docs/proxy.md says what it has to do. */
  option("external", { url, addresses }),
]);
