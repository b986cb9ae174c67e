import { describe, expect, it } from "vitest";
import { credentialOf } from "../../../cli/local-callers.ts";
import { SHARED_PATH } from "../../../domain/names.ts";
import type { Callers } from "../../../proxy/callers.ts";
import { itKnowsLocalCallers, openDoors } from "../../support/proxy/local-callers.ts";
import { requireHaproxy } from "../../support/proxy/proxy-under-test.ts";

const limits = { requestsPerSecond: 1, connections: 100, bytesPerSecond: 1_000_000_000 };
const callers: Callers = ["busy", "other"].map((name) => ({
  name,
  credentials: [{ kind: "subject", subject: "another one in production" }],
  may: ["read"],
  limits,
}));

describe("HAProxy, for callers of one machine", () => {
  itKnowsLocalCallers(requireHaproxy);

  it("holds each to its own limits", async () => {
    const doors = await openDoors(await requireHaproxy(), callers);
    const statusOf = async (name: string) => {
      const headers = credentialOf(name);
      return (await fetch(`http://127.0.0.1:${doors.port}${SHARED_PATH}/p-1`, { headers })).status;
    };

    const statuses: number[] = [];
    for (let count = 0; count < 30; count += 1) statuses.push(await statusOf("busy"));
    const other = await statusOf("other");
    await doors.close();

    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    expect(other).toBe(200);
  });
});
