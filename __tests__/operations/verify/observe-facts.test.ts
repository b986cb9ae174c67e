import { networkInterfaces } from "node:os";
import { afterEach, describe, expect, it } from "vitest";
import { domain } from "../../../domain/domain.ts";
import { LARGE_API, SHARED_PATH, SMALL_API } from "../../../domain/names.ts";
import { parseDeployedStack } from "../../../operations/deployed-stack.ts";
import { createClient } from "../../../operations/verify/client.ts";
import { observeFacts } from "../../../operations/verify/observe-facts.ts";
import { OPEN_FACTS } from "../../../operations/verify/open-facts.ts";
import { blindView } from "../../../operations/verify/operator-view.ts";
import { createPayloads } from "../../../operations/verify/payloads.ts";
import type { Verification } from "../../../operations/verify/step.ts";
import { deployedOutputs } from "../../support/deployed-outputs.ts";
import { loadEnvironment } from "../../support/environments.ts";
import { type StubRule, startStubService } from "../../support/stub-service.ts";

const dev = loadEnvironment("dev");
const limits = { thresholdBytes: 1_000_000, maxBytes: 2_000_000 };
const submissionId = "abc/def+ghi=";

let stop: (() => Promise<void>) | undefined;
afterEach(async () => {
  await stop?.();
  stop = undefined;
});

/** What is observed of a service that answers so, on AWS as far as the verification knows: a result by each fact. */
async function observe(rule: StubRule, changes: Partial<Verification> = {}) {
  const service = await startStubService((request) => rule(request) ?? asAssumed(request));
  stop = service.stop;
  const stack = {
    ...parseDeployedStack(JSON.stringify(deployedOutputs("dev")), "a test", dev),
    apiUrls: { [SMALL_API]: `${service.url}/direct`, [LARGE_API]: `${service.url}/direct` },
  };
  const entrance = { kind: "proxy", url: service.url } as const;
  const payloads = createPayloads(limits);
  const own = `${SHARED_PATH}/${payloads.large.item}`;
  const verification: Verification = {
    ...{ stack, entrance, payloads, caller: "saas", view: blindView("a test"), timeoutSeconds: 1 },
    client: createClient({ entrance, caller: "saas", credentials: {}, ...limits }),
    proxyAddresses: ["10.99.0.0/28"],
    signal: new AbortController().signal,
    seen: {
      ...{ sentItems: new Set<string>(), storedItems: new Set<string>(), retryAfter: [] },
      accepted: {
        submissionId,
        statusPath: `${own}/submissions/YQ`,
        location: `${payloads.large.item}/submissions/YQ`,
      },
    },
    ...changes,
  };
  const checks = await observeFacts(verification);
  return {
    service,
    verification,
    results: Object.fromEntries(OPEN_FACTS.map(({ id }, index) => [id, checks[index]])),
  };
}

const asAssumed: StubRule = ({ method, path }) => {
  if (path.startsWith("/direct//"))
    return { status: 404, body: { detail: `There is no such ${domain.noun}.` } };
  if (path.startsWith("/direct/")) return { status: 403, body: { Message: "with an explicit deny" } };
  if (method === "POST") return { status: 400, body: {} };
  return path.endsWith(encodeURIComponent(submissionId))
    ? { status: 200, body: {} }
    : { status: 404, body: { detail: "There is no such submission." } };
};

describe(observeFacts, () => {
  it("holds what is as assumed, and never what nobody could look at", async () => {
    const { results, verification } = await observe(() => undefined);

    const held = Object.keys(results).filter((id) => results[id]?.result === "holds");
    expect(held).toEqual([
      ...["encoded-slash", "doubled-slash", "response-override", "submission-id", "checksum"],
      "source-address",
    ]);
    const unseen = Object.values(results).filter((check) => check?.result === "not checked");
    expect(unseen).toHaveLength(OPEN_FACTS.length - held.length);
    expect(verification.seen.sentItems.size).toBe(0);
  });

  it.each([
    ["encoded-slash", (path: string) => (path.includes("%2Fnone") ? { status: 403 } : undefined)],
    [
      "doubled-slash",
      (path: string) => (path.startsWith("/direct//") ? { status: 404, body: {} } : undefined),
    ],
    ["checksum", (path: string) => (path.endsWith("-checksum") ? { status: 202 } : undefined)],
    ["source-address", (path: string) => (/^\/direct\/[^/]/.test(path) ? { status: 404 } : undefined)],
  ] as const)("fails %s where it is otherwise, and asks to be told", async (id, answer) => {
    const { results, verification } = await observe(({ path }) => answer(path));

    expect(results[id]).toMatchObject({
      result: "fails",
      got: expect.stringMatching(/^different: /),
      finding: {
        part: "an assumption about AWS",
        look: expect.stringMatching(/^Please report this line to the maintainers/),
      },
    });
    expect(Object.values(results).filter((check) => check?.result === "fails")).toHaveLength(1);
    // What was taken in spite of its checksum is deleted with the rest.
    expect(verification.seen.sentItems.size).toBe(id === "checksum" ? 1 : 0);
  });

  it("fails nothing on this machine, and says that it behaves differently", async () => {
    const url = "http://127.0.0.1:9";
    const outputs = JSON.stringify(deployedOutputs("dev"));
    const local = { url, apisUrl: url, endpoint: url, pid: process.pid };
    const stack = parseDeployedStack(outputs, "a test", dev, local);

    const { results } = await observe(({ method }) => (method === "POST" ? { status: 202 } : undefined), {
      stack,
    });

    expect(results["checksum"]).toMatchObject({
      result: "not checked",
      got: expect.stringMatching(
        /^this machine behaves differently \(202.*\), which proves nothing about AWS$/,
      ),
    });
  });

  it("takes a Location that leads elsewhere, and an id of other characters, for otherwise", async () => {
    const accepted = { submissionId: "a~b", statusPath: `${SHARED_PATH}/a`, location: "" };
    const seen = { sentItems: new Set<string>(), storedItems: new Set<string>(), retryAfter: [], accepted };

    const { results } = await observe(() => undefined, { seen });

    expect(results["response-override"]?.got).toBe("different: the 202 has no Location");
    expect(results["submission-id"]?.got).toBe("different: a~b");
  });

  it("looks at Retry-After of the answers that were met", async () => {
    const seenWith = (value: string | undefined) => ({
      ...{ sentItems: new Set<string>(), storedItems: new Set<string>() },
      retryAfter: [{ status: 503, value }],
    });

    const { results: having } = await observe(() => undefined, { seen: seenWith("10") });
    await stop?.();
    const { results: lacking } = await observe(() => undefined, { seen: seenWith(undefined) });

    expect(having["retry-after"]).toMatchObject({ result: "holds", got: "10 s with 503" });
    expect(lacking["retry-after"]).toMatchObject({ result: "fails" });
  });

  it("expects an answer, and no refusal, on a machine with an address of the proxy's", async () => {
    const own = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .find(({ family }) => family === "IPv4")?.address;

    const { results } = await observe(() => undefined, { proxyAddresses: [`${own}/32`] });

    expect(results["source-address"]).toMatchObject({
      result: "fails",
      got: expect.stringContaining("this machine has an address of the proxy and is refused"),
    });
  });

  it("says nothing about AWS where the service is not well, or the API is not reached", async () => {
    const { results } = await observe(({ path }) =>
      path.startsWith("/direct") ? undefined : { status: 503 },
    );

    expect([results["encoded-slash"]?.result, results["checksum"]?.result]).toEqual([
      "not checked",
      "not checked",
    ]);
  });
});
