import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SHARED_CALLER } from "../../../contract/keys.ts";
import { SHARED_PATH } from "../../../domain/names.ts";
import type { Caller } from "../../../proxy/callers.ts";
import { type Authorities, createAuthorities, filesOf } from "../../support/proxy/certificate-authorities.ts";
import { type CertificateRow, certificateRows } from "../../support/proxy/certificate-table.ts";
import { type Certificate, readCertificate } from "../../support/proxy/certificates.ts";
import { callerNamed, exchange, expectCaller, expectRefused } from "../../support/proxy/exchange.ts";
import { ProxyUnderTest } from "../../support/proxy/proxy-under-test.ts";
import { until } from "../../support/until.ts";

const nameOf = (title: string) => `caller-${certificateRows.findIndex((row) => row.title === title)}`;
const certificates: Record<string, Certificate> = {};
const callers: Caller[] = [];
let authorities: Authorities;
let files: Record<string, string>;

beforeAll(async () => {
  authorities = await createAuthorities();
  const rows = [...certificateRows];
  // Two at a time: each is several runs of openssl.
  const take = async () => {
    for (let row = rows.shift(); row !== undefined; row = rows.shift()) await make(row);
  };
  await Promise.all([take(), take()]);
  files = await filesOf(authorities);
});
afterAll(async () => {
  for (const authority of Object.values(authorities ?? {})) await authority.remove();
});

async function make({ title, make: certify, listed = "by name" }: CertificateRow): Promise<void> {
  const made = await certify(authorities);
  certificates[title] = made;
  if (listed === "not") return;
  const { sha256, issuer, subject } = await readCertificate(made.certificate);
  const credential: Caller["credentials"][number] =
    listed === "by hash" ? { kind: "certificate", sha256 } : { kind: "certificate-name", issuer, subject };
  callers.push(callerNamed(nameOf(title), { credentials: [credential] }));
}

describe.each([
  { revocation: "crl-file", choice: "a list of callers" },
  { revocation: "crl-file", choice: SHARED_CALLER },
  { revocation: "none", choice: "a list of callers" },
  { revocation: "none", choice: SHARED_CALLER },
] as const)("with revocation $revocation and $choice, a certificate", ({ revocation, choice }) => {
  let proxy: ProxyUnderTest;

  beforeAll(async () => {
    proxy = await ProxyUnderTest.start({
      ...{ environment: "prod", authority: authorities.root },
      files: () => files,
      change: (settings) => ({
        ...settings,
        listener: { ...settings.listener, authentication: { kind: "mutual-tls", revocation } },
        callers: choice === SHARED_CALLER ? SHARED_CALLER : callers,
      }),
    });
    await proxy.ready([], certificates["of the root"]);
  });
  afterAll(() => proxy?.stop());
  beforeEach(() => proxy.forget());

  it.each(certificateRows.map((row) => [row.title, row] as const))("%s", async (title, row) => {
    const { outcome: withLists, withoutLists } = row;
    const client = certificates[title] ?? expect.fail("it was not made");
    const outcome = revocation === "none" ? (withoutLists ?? withLists) : withLists;

    const response = await exchange(proxy, { requestLine: `GET ${SHARED_PATH}/${nameOf(title)}`, client });

    if (typeof outcome === "object" && "error" in outcome) expectRefused(proxy, response, "unauthorized");
    else if (choice === SHARED_CALLER) expectCaller(proxy, response, SHARED_CALLER);
    else if (outcome === "forbidden") expectRefused(proxy, response, "forbidden");
    else expectCaller(proxy, response, nameOf(outcome === "caller" ? title : outcome.callerOf));
    const line = await until(() =>
      JSON.parse(proxy.logLines.find((each) => each.includes(`/${nameOf(title)}"`)) ?? ""),
    );
    const error = typeof outcome === "object" && "error" in outcome ? outcome.error : "none";
    expect(line).toMatchObject({ certificateError: error });
  });
});
