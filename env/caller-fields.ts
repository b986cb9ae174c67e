import * as z from "zod";
import { CALLER_RIGHTS } from "../contract/caller-rights.ts";
import { itemPattern, SHARED_CALLER } from "../contract/keys.ts";
import { byDefault, group } from "./field-notes.ts";
import { choice, integer, isUnique, name, option } from "./field-types.ts";

/** As HAProxy writes it: other than ASCII characters are escaped, and the first part in the certificate comes last. */
const distinguishedName = name(
  /^(?!subject=|issuer=)(?!.*[^\\], )[A-Za-z0-9.]+=[ -~]{1,1020}$/,
  "must be a distinguished name in the form of RFC 2253, such as CN=caller,O=Example: openssl x509 -noout -subject -issuer -nameopt RFC2253 prints it after subject= and issuer=",
);

/** Its issuer is one CA: in `tls/client-ca.pem` only one can have a name. */
const certificateName = option("certificate-name", {
  issuer: distinguishedName.describe("Name of the CA that issued the certificates."),
  subject: distinguishedName.describe("Subject of the certificates."),
}).describe("All certificates with one subject from one CA.");

const credential = choice('must have kind "subject", "certificate" or "certificate-name"', [
  option("subject", {
    subject: name(/^[^\p{Cc}\p{Cs}]{1,255}$/u, "must be the token's subject: 1 to 255 characters").describe(
      "Value of the claim that callerIdClaim names.",
    ),
  }).describe("A token with this subject."),
  option("certificate", {
    sha256: name(
      /^[0-9a-f]{64}$/,
      "must be the SHA-256 of the certificate's DER in 64 lower-case hexadecimal digits; openssl x509 -in caller.pem -outform der | sha256sum prints it",
    ).describe("SHA-256 of the certificate."),
  }).describe("One certificate."),
  certificateName,
]).describe("Kind of the credential.");

/** In ten seconds less than half of a 32-bit counter, which therefore still counts a caller far above its limit. */
const MOST_BYTES_PER_SECOND = 200_000_000;

export const caller = z.strictObject({
  /** Goes first in the key of everything that the caller owns. */
  name: name(itemPattern, `must match ${itemPattern.source}: letters, digits and ._-, at most 64`)
    .refine(
      (value) => value !== SHARED_CALLER,
      `must not be "${SHARED_CALLER}", the owner of the records of an environment with callers: "${SHARED_CALLER}". Choose another name`,
    )
    .describe(
      "Name of the caller. Its records belong to this name: after a change of the name, the caller does not see them any more.",
    ),
  credentials: z
    .array(credential, "must be a list of credentials, by which the proxy recognizes the caller")
    .min(1, "needs a credential, by which the proxy recognizes the caller")
    .max(4, "must be at most 4 credentials")
    .describe(
      "Credentials by which the proxy recognizes the caller. Name two while a new credential replaces an old one.",
    ),
  may: z
    .array(
      z.enum(CALLER_RIGHTS, "must be read, write or delete"),
      "must be a list of rights: read, write, delete",
    )
    .min(1, "needs a right: read, write or delete")
    .refine(isUnique, "must not contain a right twice")
    .describe("What the caller may do with its records."),
  limits: group({
    requestsPerSecond: integer(1, 10_000, "requests per second")
      .describe("Largest number of requests per second from the caller, as an average over ten seconds.")
      .apply(byDefault, 100, "enough for a busy caller, and stops a flood"),
    connections: integer(1, 20_000, "connections")
      .describe(
        "Largest number of requests of the caller at the same time. A connection without a request does not count.",
      )
      .apply(byDefault, 200, "a tenth of the default for all callers"),
    bytesPerSecond: integer(
      10_000,
      MOST_BYTES_PER_SECOND,
      "bytes per second",
      "a higher limit would overflow HAProxy's counters",
    )
      .describe(
        "Largest number of bytes per second in the caller's requests and answers together, as an average over ten seconds.",
      )
      .apply(byDefault, 100_000_000, "ten payloads of the largest size in each second"),
  }),
});

export const callers = z
  .union(
    [
      z.literal(SHARED_CALLER),
      z
        .array(caller)
        .min(1, `needs a caller, or set callers: "${SHARED_CALLER}"`)
        .max(1_000, "must be at most 1,000 callers"),
    ],
    `must be a list of callers, or "${SHARED_CALLER}" for one tenant`,
  )
  .describe(
    `Callers that the proxy admits. With "${SHARED_CALLER}", all authenticated callers share the same records.`,
  );
