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

/** A certification authority of one test run, made by the openssl command. */
export async function createAuthority(commonName: string) {
  const folder = await mkdtemp(join(tmpdir(), "authority-"));
  const openssl = (...args: string[]) => run("openssl", args, { cwd: folder });
  const keyArguments = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  await openssl(
    ...["req", "-x509", ...keyArguments, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2"],
    ...["-subj", `/CN=${commonName}`],
  );
  let serial = 0;

  async function certify(name: string, options: { days?: number } = {}): Promise<Certificate> {
    serial += 1;
    const [key, request, certificate, extensions] = ["key", "csr", "pem", "ext"].map(
      (end) => `${serial}.${end}`,
    );
    await writeFile(join(folder, `${extensions}`), `subjectAltName=DNS:${name}\n`);
    // A common name has 64 characters at most; servers are known by the other name.
    const subject = `/CN=${name.slice(0, 64)}`;
    await openssl("req", ...keyArguments, "-keyout", `${key}`, "-out", `${request}`, "-subj", subject);
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

export type Authority = Awaited<ReturnType<typeof createAuthority>>;
