import { execFile } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** PEM texts. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** What the openssl command says of a certificate, as env/caller-fields.ts advises. */
export async function readCertificate(certificate: string) {
  const folder = await mkdtemp(join(tmpdir(), "certificate-"));
  try {
    const [pem, der] = ["a.pem", "a.der"].map((file) => join(folder, file));
    await writeFile(`${pem}`, certificate);
    const openssl = (...args: string[]) => run("openssl", ["x509", "-in", `${pem}`, ...args]);
    const name = async (which: "subject" | "issuer") => {
      const { stdout } = await openssl("-noout", `-${which}`, "-nameopt", "RFC2253");
      // A name may end with a blank.
      return stdout.replace(/\n$/, "").slice(`${which}=`.length);
    };
    await openssl("-outform", "der", "-out", `${der}`);
    const { stdout } = await run("sha256sum", [`${der}`]);
    return {
      sha256: stdout.slice(0, 64),
      subject: await name("subject"),
      issuer: await name("issuer"),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What a certificate says beside its subject. */
export interface CertifyOptions {
  readonly days?: number;
  /** As openssl's `-subj` reads it, in place of the name. */
  readonly subject?: string;
  /** Lines of openssl's extension files, in place of those of a server and client. */
  readonly extensions?: readonly string[];
  /** What openssl's `req` makes a key of, in place of an elliptic curve's. */
  readonly newKey?: readonly string[];
  readonly digest?: string;
  /** When it begins, as UTCTime, in place of now. */
  readonly from?: string;
}

const ellipticCurve = ["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];

/**
 * A certification authority of one test run, made by the openssl command.
 * @param name its common name, or all of its subject as openssl's `-subj` reads it
 * @param certifiedBy the authority above it, and how it is certified; its own root without
 */
export async function createAuthority(
  name: string,
  certifiedBy?: { readonly authority: Authority } & CertifyOptions,
): Promise<Authority> {
  const folder = await mkdtemp(join(tmpdir(), "authority-"));
  const openssl = (...args: string[]) => run("openssl", args, { cwd: folder });
  const file = (path: string, text: string) => writeFile(join(folder, path), text);
  if (certifiedBy === undefined) {
    await openssl(
      ...["req", "-x509", "-newkey", ...ellipticCurve, "-nodes", "-keyout", "ca.key"],
      ...["-out", "ca.pem", "-days", "2", ...subjectArguments(name)],
    );
  } else {
    const { authority, ...options } = certifiedBy;
    const own = await authority.certify(name, { extensions: authorityExtensions, ...options });
    await file("ca.pem", own.certificate);
    await file("ca.key", own.key);
  }
  let serial = 0;
  const revoked: string[] = [];
  const databaseOf = (path: string) => `[ca]
default_ca = own
[own]
database = ${path}
new_certs_dir = .
serial = ${path}.serial
default_md = sha256
policy = any
[any]
`;

  async function certify(name: string, options: CertifyOptions = {}): Promise<Certificate> {
    serial += 1;
    // Each has files of its own: several are made at the same time.
    const own = `${serial}`;
    const { days = 1, newKey = ellipticCurve, digest = "sha256", from } = options;
    // A common name has 64 characters at most; servers are known by the other name.
    const subject = subjectArguments(options.subject ?? name.slice(0, 64));
    const extensions = options.extensions ?? [
      ...(name.startsWith("/") ? [] : [`subjectAltName=DNS:${name}`]),
      "extendedKeyUsage=clientAuth,serverAuth",
    ];
    await file(`${own}.ext`, [...extensions, ""].join("\n"));
    await openssl(
      ...["req", "-newkey", ...newKey, "-nodes", "-keyout", `${own}.key`, "-out", `${own}.csr`, ...subject],
    );
    const signedBy = (ca: string) => [`-${ca}`, "ca.pem", `-${ca === "CA" ? "CAkey" : "keyfile"}`, "ca.key"];
    if (from === undefined) {
      await openssl(
        ...["x509", "-req", "-in", `${own}.csr`, ...signedBy("CA"), "-set_serial", own, `-${digest}`],
        ...["-days", `${days}`, "-extfile", `${own}.ext`, "-out", `${own}.pem`],
      );
    } else {
      await file(`${own}.db`, "");
      await file(`${own}.cnf`, `${databaseOf(`${own}.db`)}commonName = supplied\n`);
      await file(`${own}.db.serial`, "1000\n");
      await openssl(
        ...["ca", "-batch", "-config", `${own}.cnf`, "-notext", "-in", `${own}.csr`, ...signedBy("cert")],
        ...["-preserveDN", "-startdate", from, "-enddate", "491231235959Z"],
        ...["-extfile", `${own}.ext`, "-out", `${own}.pem`],
      );
    }
    return {
      certificate: await readFile(join(folder, `${own}.pem`), "utf8"),
      key: await readFile(join(folder, `${own}.key`), "utf8"),
    };
  }

  return {
    certificate: await readFile(join(folder, "ca.pem"), "utf8"),
    key: await readFile(join(folder, "ca.key"), "utf8"),
    certify,
    revoke({ certificate }) {
      const number = BigInt(`0x${new X509Certificate(certificate).serialNumber}`).toString(16);
      revoked.push(number.length % 2 === 0 ? number.toUpperCase() : `0${number.toUpperCase()}`);
    },
    async revocationList(nextUpdate = "20991231235959Z") {
      const entries = revoked.map(
        (number) => `R\t491231235959Z\t200101000000Z\t${number}\tunknown\t/CN=revoked\n`,
      );
      await file("revoked.db", entries.join(""));
      await file("revoked.cnf", databaseOf("revoked.db"));
      const { stdout } = await openssl(
        ...["ca", "-config", "revoked.cnf", "-gencrl", "-cert", "ca.pem", "-keyfile", "ca.key"],
        ...["-crl_lastupdate", "20200101000000Z", "-crl_nextupdate", nextUpdate],
      );
      return stdout;
    },
    /** Certificates that stay on disk for programs that read a folder of them. */
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

const authorityExtensions = [
  "basicConstraints=critical,CA:TRUE",
  "keyUsage=critical,keyCertSign,cRLSign",
  "subjectKeyIdentifier=hash",
  "authorityKeyIdentifier=keyid",
];

function subjectArguments(name: string): string[] {
  return ["-utf8", "-multivalue-rdn", "-subj", name.startsWith("/") ? name : `/CN=${name}`];
}

export interface Authority extends Certificate {
  certify(name: string, options?: CertifyOptions): Promise<Certificate>;
  /** From the next list on. */
  revoke(certificate: Certificate): void;
  /** As PEM, current for many years or until a moment, as GeneralizedTime. */
  revocationList(nextUpdate?: string): Promise<string>;
  remove(): Promise<void>;
}
