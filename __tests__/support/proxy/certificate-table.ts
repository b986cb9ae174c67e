import { type Authorities, authorityLines } from "./certificate-authorities.ts";
import { type Authority, type Certificate, type CertifyOptions, createAuthority } from "./certificates.ts";

/** What the log says of a certificate that is refused: OpenSSL's number, or the proxy's own word. */
interface Refused {
  readonly error: string;
}

export interface CertificateRow {
  readonly title: string;
  readonly make: (authorities: Authorities) => Promise<Certificate>;
  /** How its caller is listed: by issuer and subject, by its hash, or not at all. */
  readonly listed?: "by name" | "by hash" | "not";
  /** A certificate that is valid is the caller that has its title, another one, or nobody. */
  readonly outcome: "caller" | "forbidden" | Refused | { readonly callerOf: string };
  /** Where nobody asks for lists, if it differs. */
  readonly withoutLists?: "caller" | Refused;
}

type Which = keyof Authorities;

const client = "extendedKeyUsage=clientAuth";
/** OpenSSL finds an authority among those of one name by its key's id. */
const withoutKeyId = ["authorityKeyIdentifier=none", client];
/** DER of clientAuth's object identifier. */
const clientAuth = "06082B06010505070302";
const manyNames = (count: number) =>
  `subjectAltName=${Array.from({ length: count }, (_, index) => `DNS:name-${index}.example.com`).join(",")}`;

let made = 0;
const certified = (by: Which, options: CertifyOptions = {}) => {
  const subject = `/O=Example/CN=caller ${++made}`;
  return (authorities: Authorities) =>
    authorities[by].certify("", { subject, extensions: [client], ...options });
};

/** Certificates that the client sends behind its own. */
const behind =
  (make: CertificateRow["make"], ...further: Which[]): CertificateRow["make"] =>
  async (authorities) => {
    const { certificate, key } = await make(authorities);
    return { certificate: certificate + further.map((each) => authorities[each].certificate).join(""), key };
  };

const revoked =
  (by: Which): CertificateRow["make"] =>
  async (authorities) => {
    const certificate = await certified(by)(authorities);
    authorities[by].revoke(certificate);
    return certificate;
  };

async function certificateOf(authority: Promise<Authority>): Promise<Certificate> {
  const { certificate, key, remove } = await authority;
  await remove();
  return { certificate, key };
}

const purpose = { error: "26" };
const noClientAuth = { error: "no-client-auth" };
const unlisted = { error: "unlisted-authority" };
const renewed = "/O=Example/CN=renewed";
const pinned = "/O=Example/CN=pinned";

export const certificateRows: readonly CertificateRow[] = [
  // Chains
  { title: "of the root", make: certified("root"), outcome: "caller" },
  { title: "of an issuing CA, sent alone", make: certified("issuing"), outcome: "caller" },
  { title: "with its issuing CA", make: behind(certified("issuing"), "issuing"), outcome: "caller" },
  {
    title: "with its chain up to the root",
    make: behind(certified("issuing"), "issuing", "root"),
    outcome: "caller",
  },
  {
    title: "with a CA that is listed and not its own",
    make: behind(certified("root"), "partner"),
    outcome: "caller",
  },
  { title: "with a CA that nobody knows", make: behind(certified("root"), "stranger"), outcome: unlisted },
  { title: "of a partner's root", make: certified("partner"), outcome: "caller" },
  { title: "of a CA with a path length of none", make: certified("last"), outcome: "caller" },
  { title: "of a CA below that one", make: certified("belowLast"), outcome: { error: "25" } },
  { title: "of a CA that is over", make: certified("over"), outcome: { error: "10" } },
  {
    title: "of a CA below the root that is not in the file",
    make: behind(certified("unlisted"), "unlisted"),
    outcome: unlisted,
  },
  {
    title: "known by its hash, of a CA that is not in the file",
    make: behind(certified("unlisted"), "unlisted"),
    ...{ listed: "by hash", outcome: unlisted },
  },
  { title: "of that CA, without it", make: certified("unlisted"), outcome: { error: "20" } },
  {
    title: "of a partner's CA that has another one's name",
    make: behind(certified("impostor"), "impostor"),
    ...{ outcome: { error: "8" }, withoutLists: unlisted },
  },
  {
    title: "of a CA that is not in the file, behind 90 KB that are",
    make: behind(certified("unlisted"), ...Array.from({ length: 220 }, () => "root" as const), "unlisted"),
    outcome: unlisted,
  },
  {
    title: "of a caller that plays a CA",
    make: behind(certified("noAuthority"), "noAuthority"),
    outcome: { error: "79" },
  },
  { title: "of a stranger", make: certified("stranger"), outcome: { error: "20" } },
  {
    title: "of a stranger, with its root",
    make: behind(certified("stranger"), "stranger"),
    outcome: { error: "19" },
  },
  { title: "of a namesake of the root", make: certified("namesake"), outcome: { error: "20" } },
  {
    title: "of a namesake of the root, that does not say by which key",
    make: certified("namesake", { extensions: withoutKeyId }),
    outcome: { error: "7" },
  },
  {
    title: "signed by itself",
    make: () => certificateOf(createAuthority("/O=Example/CN=itself")),
    outcome: { error: "18" },
  },

  // Times
  { title: "that is over", make: certified("root", { days: -1 }), outcome: { error: "10" } },
  {
    title: "that has not begun",
    make: certified("root", { from: "490101000000Z" }),
    outcome: { error: "9" },
  },

  // Revocation
  { title: "that is revoked", make: revoked("root"), outcome: { error: "23" }, withoutLists: "caller" },
  {
    title: "known by its hash, that is revoked",
    make: revoked("issuing"),
    ...{ listed: "by hash", outcome: { error: "23" }, withoutLists: "caller" },
  },
  {
    title: "of a CA whose list is over",
    make: certified("listOver"),
    outcome: { error: "12" },
    withoutLists: "caller",
  },
  {
    title: "that is revoked by a list that is over",
    make: revoked("listOver"),
    ...{ outcome: { error: "12" }, withoutLists: "caller" },
  },
  {
    title: "of a CA without a list",
    make: certified("withoutList"),
    outcome: { error: "3" },
    withoutLists: "caller",
  },
  {
    title: "of a CA whose list has another key's signature",
    make: certified("listForged"),
    ...{ outcome: { error: "8" }, withoutLists: "caller" },
  },

  // Uses
  {
    title: "for no use in particular",
    make: certified("root", { extensions: ["keyUsage=digitalSignature"] }),
    outcome: noClientAuth,
  },
  { title: "without extensions", make: certified("root", { extensions: [] }), outcome: noClientAuth },
  {
    title: "known by its hash, for no use in particular",
    make: certified("root", { extensions: ["keyUsage=digitalSignature"] }),
    ...{ listed: "by hash", outcome: noClientAuth },
  },
  {
    title: "for servers alone",
    make: certified("root", { extensions: ["extendedKeyUsage=serverAuth"] }),
    outcome: purpose,
  },
  {
    title: "for any use",
    make: certified("root", { extensions: ["extendedKeyUsage=anyExtendedKeyUsage"] }),
    outcome: purpose,
  },
  {
    title: "for servers and clients",
    make: certified("root", { extensions: ["extendedKeyUsage=serverAuth,clientAuth"] }),
    outcome: "caller",
  },
  {
    title: "for clients, as a critical extension",
    make: certified("root", { extensions: ["extendedKeyUsage=critical,clientAuth,1.2.3.4"] }),
    outcome: "caller",
  },
  {
    title: "that says in its subject what would be the use",
    make: certified("root", {
      subject: `/O=Example/CN=${Buffer.from(clientAuth, "hex").toString("latin1").replace("+", "\\+")}`,
      extensions: ["keyUsage=digitalSignature"],
    }),
    outcome: noClientAuth,
  },
  {
    title: "that says in another extension what would be the use",
    make: certified("root", { extensions: [`1.2.3.4=DER:300A${clientAuth}`] }),
    outcome: noClientAuth,
  },
  {
    title: "of a use that only begins like clients'",
    make: certified("root", { extensions: ["extendedKeyUsage=1.3.6.1.5.5.7.3.2.1"] }),
    outcome: purpose,
  },
  {
    title: "that may not sign",
    make: certified("root", { extensions: ["keyUsage=critical,keyEncipherment", client] }),
    outcome: purpose,
  },
  { title: "of the root itself", make: async ({ root }) => root, outcome: noClientAuth },
  { title: "of an issuing CA itself", make: async ({ issuing }) => issuing, outcome: purpose },
  {
    title: "of a CA that is a client too",
    make: certified("root", { extensions: [...authorityLines, client] }),
    outcome: "caller",
  },

  // Names
  { title: "that nobody has listed", make: certified("root"), listed: "not", outcome: "forbidden" },
  {
    title: "with two common names",
    make: certified("root", { subject: "/O=Example/CN=first/CN=second" }),
    outcome: "caller",
  },
  {
    title: "with these two the other way round",
    make: certified("root", { subject: "/O=Example/CN=second/CN=first" }),
    ...{ listed: "not", outcome: "forbidden" },
  },
  {
    title: "with a listed common name before another one",
    make: certified("root", { subject: `${renewed}/CN=evil` }),
    ...{ listed: "not", outcome: "forbidden" },
  },
  {
    title: "with a listed common name behind another one",
    make: certified("root", { subject: "/O=Example/CN=evil/CN=renewed" }),
    ...{ listed: "not", outcome: "forbidden" },
  },
  {
    title: "with a comma in place of two parts",
    make: certified("root", { subject: "/CN=renewed,O=Example" }),
    ...{ listed: "not", outcome: "forbidden" },
  },
  {
    title: "with a name in several scripts",
    make: certified("root", { subject: "/O=Zoë/CN=東京" }),
    outcome: "caller",
  },
  {
    title: "with a name full of signs",
    make: certified("root", { subject: '/O=a, b \\+ c;<"d">/CN=#e ' }),
    outcome: "caller",
  },
  {
    title: "without a subject",
    make: certified("root", { subject: "/", extensions: [client, "subjectAltName=critical,DNS:a"] }),
    ...{ listed: "not", outcome: "forbidden" },
  },
  { title: "that will be renewed", make: certified("root", { subject: renewed }), outcome: "caller" },
  {
    title: "that is renewed, and known by its name",
    make: certified("root", { subject: renewed }),
    ...{ listed: "not", outcome: { callerOf: "that will be renewed" } },
  },
  {
    title: "of the same name by another listed CA",
    make: certified("partner", { subject: renewed }),
    ...{ listed: "not", outcome: "forbidden" },
  },
  {
    title: "known by its hash",
    make: certified("root", { subject: pinned }),
    listed: "by hash",
    outcome: "caller",
  },
  {
    title: "that is renewed, and was known by its hash",
    make: certified("root", { subject: pinned }),
    ...{ listed: "not", outcome: "forbidden" },
  },

  // Keys and sizes
  { title: "with a key of RSA", make: certified("root", { newKey: ["rsa:2048"] }), outcome: "caller" },
  { title: "with a key of Ed25519", make: certified("root", { newKey: ["ed25519"] }), outcome: "caller" },
  {
    title: "with a larger curve",
    make: certified("root", { newKey: ["ec", "-pkeyopt", "ec_paramgen_curve:secp384r1"], digest: "sha384" }),
    outcome: "caller",
  },
  {
    title: "with a short key of RSA",
    make: certified("root", { newKey: ["rsa:1024"] }),
    outcome: { error: "66" },
  },
  { title: "signed over SHA-1", make: certified("root", { digest: "sha1" }), outcome: { error: "68" } },
  { title: "of 9 KB", make: certified("root", { extensions: [client, manyNames(400)] }), outcome: "caller" },
  {
    title: "of 46 KB",
    make: certified("root", { extensions: [client, manyNames(2_000)] }),
    outcome: "caller",
  },
];
