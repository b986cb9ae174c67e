import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CALLER_RIGHTS, type CallerRight } from "../../../contract/caller-rights.ts";
import { SHARED_PATH } from "../../../domain/names.ts";
import { rightOf } from "../../../proxy/callers.ts";
import { gatewayMethods } from "../../../proxy/resources.ts";
import { decide } from "../../../proxy/routing.ts";
import { expectOutcome, type Outcome, sendEdge } from "../../support/proxy/edge-outcome.ts";
import {
  type Edge,
  type Expected,
  edges,
  hash,
  limits,
  resources,
  routes,
} from "../../support/proxy/edges.ts";
import { callerNamed } from "../../support/proxy/exchange.ts";
import { ProxyUnderTest } from "../../support/proxy/proxy-under-test.ts";

/** Every choice of rights but none, each a caller of its own. */
const choices = Array.from({ length: 2 ** CALLER_RIGHTS.length - 1 }, (_, index) =>
  CALLER_RIGHTS.filter((_right, bit) => ((index + 1) >> bit) & 1),
);
const nameOf = (may: readonly CallerRight[]) => may.join("-");
let proxy: ProxyUnderTest;

beforeAll(async () => {
  proxy = await ProxyUnderTest.start({
    environment: "dev",
    routes,
    change: (settings) => ({
      ...settings,
      payload: limits,
      resources,
      listener: { ...settings.listener, authentication: { kind: "name" } },
      callers: choices.map((may) => callerNamed(nameOf(may), { may })),
    }),
  });
  await proxy.ready(["Authorization: Bearer read"]);
});
afterAll(() => proxy?.stop());
beforeEach(() => proxy.forget());

/** Sent by a caller with these rights. */
async function outcomeOf(edge: Edge, may: readonly CallerRight[]): Promise<Outcome> {
  const headers = [...edge.headers, `Authorization: Bearer ${nameOf(may)}`];
  const response = await sendEdge(proxy.target(), { ...edge, headers });
  const received = Object.entries(proxy.backends).flatMap(([api, { requests }]) =>
    requests.map(({ body }) => ({ api, body })),
  );
  return { response, received };
}

const targets = [
  "/",
  `${SHARED_PATH}/p-1`,
  `${SHARED_PATH}/p-1/documents/${hash}`,
  "/statements/1",
  "/branches/7",
];
/** Also some that no API has. */
const requests = [...gatewayMethods, "TRACE", "LOCK", "get"].flatMap((method) =>
  targets.map((target) => ({ method, target })),
);

describe("HAProxy and decide()", () => {
  it.each(requests)("agree for every choice of rights on $method $target", async ({ method, target }) => {
    for (const may of choices) {
      proxy.forget();
      const decision = decide({ method, target, headers: [] }, may, { payload: limits, routes, resources });
      const expected: Expected =
        decision.kind === "forwarded"
          ? { api: decision.api }
          : { refusal: decision.refusal, ...(decision.allow && { allow: decision.allow.join(", ") }) };
      const edge = {
        ...{ title: "", requestLine: `${method} ${target} HTTP/1.1`, headers: [] },
        ...{ body: Buffer.alloc(0), expected },
      };
      const { response, received } = await outcomeOf(edge, may);

      expectOutcome({ response, received }, edge, expected);
      expect(received).toHaveLength(decision.kind === "forwarded" ? 1 : 0);
    }
  });
});

describe("a caller without the right for a method", () => {
  const decided = edges.filter(({ expected }) => !("parserStatus" in expected));

  it.each(decided)("is refused before all else, and the method that no API has is: $title", async (edge) => {
    const right = rightOf(edge.requestLine.split(" ")[0] ?? "");
    const may = CALLER_RIGHTS.filter((each) => each !== right).slice(0, 2);

    const outcome = await outcomeOf(edge, may);

    const expected: Expected = right === undefined ? edge.expected : { refusal: "forbidden" };
    expectOutcome(outcome, edge, expected);
  });
});
