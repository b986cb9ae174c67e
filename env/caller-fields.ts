import * as z from "zod";
import { CALLER_RIGHTS } from "../contract/caller-rights.ts";
import { itemPattern, SHARED_CALLER } from "../contract/keys.ts";
import { byDefault, group } from "./field-notes.ts";
import { choice, integer, isUnique, name, option } from "./field-types.ts";

/** HAProxy writes it alike: what is not ASCII is escaped, and the part that stands first in the certificate stands last. */
const distinguishedName = name(
  /^(?!subject=|issuer=)(?!.*[^\\], )[A-Za-z0-9.]+=[ -~]{1,1020}$/,
  "must be a distinguished name as RFC 2253 writes it, such as CN=caller,O=Example: what openssl x509 -noout -subject -issuer -nameopt RFC2253 prints behind subject= and issuer=",
);

/** By what the proxy knows a caller: its token, or its certificate. */
const credential = choice('must have kind "subject", "certificate" or "certificate-name"', [
  /** Of a token: the value of the claim that `callerIdClaim` names. */
  option("subject", {
    subject: name(/^[^\p{Cc}\p{Cs}]{1,255}$/u, "must be the token's subject: 1 to 255 characters"),
  }),
  /** One certificate. */
  option("certificate", {
    sha256: name(
      /^[0-9a-f]{64}$/,
      "must be the SHA-256 of the certificate's DER in 64 lower-case hexadecimal digits; openssl x509 -in caller.pem -outform der | sha256sum prints it",
    ),
  }),
  /** Every certificate to this subject by the CA of this name: in `tls/client-ca.pem` only one can have it. */
  option("certificate-name", { issuer: distinguishedName, subject: distinguishedName }),
]);

/** Over ten seconds less than half of what a counter of 32 bits holds: a caller far above its limit is still seen to be. */
const MOST_BYTES_PER_SECOND = 200_000_000;

export const caller = z.strictObject({
  /** Goes first in the key of everything that the caller owns: renamed, it starts anew. */
  name: name(itemPattern, `must match ${itemPattern.source}: letters, digits and ._-, at most 64`).refine(
    (value) => value !== SHARED_CALLER,
    `must not be "${SHARED_CALLER}", which owns what was sent while callers were not told apart`,
  ),
  /** Several while one replaces the other. */
  credentials: z
    .array(credential, "must be a list of credentials, by which the proxy knows the caller")
    .min(1, "needs a credential, by which the proxy knows the caller")
    .max(4, "must be at most 4 credentials"),
  may: z
    .array(
      z.enum(CALLER_RIGHTS, "must be read, write or delete"),
      "must be a list of rights: read, write, delete",
    )
    .min(1, "needs a right: read, write or delete")
    .refine(isUnique, "must not name a right twice"),
  limits: group({
    /** As an average over ten seconds. */
    requestsPerSecond: integer(1, 10_000, "requests per second").apply(
      byDefault,
      100,
      "a busy sender, and no flood",
    ),
    /** Requests at once. */
    connections: integer(1, 20_000, "connections").apply(byDefault, 200, "a tenth of all"),
    /** Of bodies and answers, as an average over ten seconds. */
    bytesPerSecond: integer(
      10_000,
      MOST_BYTES_PER_SECOND,
      "bytes per second",
      "more overflows HAProxy's counters",
    ).apply(byDefault, 100_000_000, "ten payloads of the largest size each second"),
  }),
});

/** Who may call. */
export const callers = z.union(
  [
    /** One tenant: whoever the proxy lets in owns the same records. */
    z.literal(SHARED_CALLER),
    z
      .array(caller)
      .min(1, `needs a caller, or say callers: "${SHARED_CALLER}"`)
      .max(1_000, "must be at most 1,000 callers"),
  ],
  `must be a list of callers, or "${SHARED_CALLER}" for one tenant`,
);
