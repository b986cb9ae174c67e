import { execFile } from "node:child_process";
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

/**
 * A certification authority of one test run, made by the openssl command.
 * @param name its common name, or all of its subject as openssl's `-subj` reads it
 */
export async function createAuthority(name: string) {
  const folder = await mkdtemp(join(tmpdir(), "authority-"));
  const openssl = (...args: string[]) => run("openssl", args, { cwd: folder });
  const keyArguments = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  await openssl(
    ...["req", "-x509", ...keyArguments, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2"],
    ...subjectArguments(name),
  );
  let serial = 0;

  async function certify(
    name: string,
    options: { days?: number; subject?: string } = {},
  ): Promise<Certificate> {
    serial += 1;
    const [key, request, certificate, extensions] = ["key", "csr", "pem", "ext"].map(
      (end) => `${serial}.${end}`,
    );
    await writeFile(join(folder, `${extensions}`), `subjectAltName=DNS:${name}\n`);
    // A common name has 64 characters at most; servers are known by the other name.
    const subject = subjectArguments(options.subject ?? name.slice(0, 64));
    await openssl("req", ...keyArguments, "-keyout", `${key}`, "-out", `${request}`, ...subject);
    await openssl(
      ...[
        "x509",
        "-req",
        "-in",
        `${request}`,
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-set_serial",
        `${serial}`,
      ],
      ...["-days", `${options.days ?? 1}`, "-extfile", `${extensions}`, "-out", `${certificate}`],
    );
    return {
      certificate: await readFile(join(folder, `${certificate}`), "utf8"),
      key: await readFile(join(folder, `${key}`), "utf8"),
    };
  }

  return {
    certificate: await readFile(join(folder, "ca.pem"), "utf8"),
    certify,
    /** Certificates that stay on disk for programs that read a folder of them. */
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function subjectArguments(name: string): string[] {
  return ["-utf8", "-multivalue-rdn", "-subj", name.startsWith("/") ? name : `/CN=${name}`];
}

export type Authority = Awaited<ReturnType<typeof createAuthority>>;
