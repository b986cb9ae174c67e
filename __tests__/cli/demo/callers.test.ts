import { afterEach, describe, expect, it } from "vitest";
import { showCallers } from "../../../cli/demo/callers.ts";
import { createDemoSample } from "../../../cli/demo/sample.ts";
import { callersOf } from "../../../cli/local-callers.ts";
import { CALLER_HEADER, SHARED_CALLER } from "../../../contract/keys.ts";
import { domain } from "../../../domain/domain.ts";
import { LARGE_API, SHARED_PATH, SMALL_API } from "../../../domain/names.ts";
import { openFrontDoor } from "../../../emulator/front-door.ts";
import { type Callers, localCallers } from "../../../proxy/callers.ts";
import { loadEnvironment } from "../../support/environments.ts";
import { everyMethodAt } from "../../support/proxy/resources.ts";

let door: Awaited<ReturnType<typeof openFrontDoor>> | undefined;
const told: (string | undefined)[] = [];

afterEach(async () => {
  await door?.close();
  told.length = 0;
});

/** In front of APIs that take everything and keep nothing apart. */
async function open(callers: Callers): Promise<string> {
  door = await openFrontDoor({
    apis: [SMALL_API, LARGE_API].map((name) => ({
      name,
      paths: [SHARED_PATH],
      resources: everyMethodAt([SHARED_PATH]),
      stageName: "v1",
      vpcEndpointId: undefined,
      gateway: async ({ headers }) => {
        told.push(...headers.flatMap(([header, value]) => (header === CALLER_HEADER ? [value] : [])));
        return { status: 200, headers: [], body: Buffer.from("{}") };
      },
    })),
    payload: { thresholdBytes: 5_000_000, maxBytes: 10_485_760 },
    callers: localCallers(callers),
    port: 0,
    onRefused: () => undefined,
    onError: (error) => expect.fail(String(error)),
  });
  return door.url;
}

const sample = createDemoSample("a", 2_000);
const sent = { "small-1": sample, "large-1": sample };
const callers = callersOf(loadEnvironment("dev"));

describe(showCallers, () => {
  it("says of one tenant why two are left out, and shows that what a client says of itself changes nothing", async () => {
    const step = await showCallers(await open(SHARED_CALLER), {}, sent);

    expect(step.title).toBe("One tenant");
    expect(step.way).toEqual([
      "not shown: two callers. In this environment, every request has the caller shared",
    ]);
    expect(step.checks).toMatchObject([
      { expected: "the proxy ignores the header x-caller-id of a client (200)", passed: true },
    ]);
    expect(told).toEqual([SHARED_CALLER]);
  });

  it("says of one caller why another one is left out, and shows who is refused", async () => {
    const step = await showCallers(await open(callers), { first: "saas" }, sent);

    expect(step.way).toEqual(["not shown: two callers. In this environment, only saas may read and write"]);
    expect(step.checks).toMatchObject([
      { expected: "a caller that is not listed is refused (403)", passed: true },
      { expected: "a request without a caller is refused (401)", passed: true },
    ]);
    expect(told).toEqual([]);
  });

  it("fails wherever two callers are not kept apart", async () => {
    const step = await showCallers(await open(callers), { first: "saas", second: "partner" }, sent);

    const passed = step.checks.filter((check) => check.passed).map(({ expected }) => expected);
    expect(passed).toEqual([
      `the ${domain.noun} of partner is still there (200)`,
      "a caller that is not listed is refused (403)",
      "a request without a caller is refused (401)",
    ]);
    expect(step.checks.length).toBeGreaterThan(8);
    expect(new Set(told)).toEqual(new Set(["saas", "partner"]));
  });
});
