import { describe, expect, it } from "vitest";
import { showCredentials, showRequests } from "../../../cli/demo/requests.ts";
import { callersOf } from "../../../cli/local-callers.ts";
import { SHARED_CALLER } from "../../../contract/keys.ts";
import { SHARED_PATH } from "../../../domain/names.ts";
import type { Callers } from "../../../proxy/callers.ts";
import { loadEnvironment } from "../../support/environments.ts";

const callers = callersOf(loadEnvironment("dev"));
const url = "http://127.0.0.1:8080";

/** Those that may not do what stands there. */
function without(right: "read" | "delete"): Callers {
  if (callers === SHARED_CALLER) throw new Error("dev has one tenant");
  return callers.map((caller) => ({ ...caller, may: caller.may.filter((each) => each !== right) }));
}

describe(showCredentials, () => {
  it("has a line for each caller, and one for a single tenant", () => {
    expect(showCredentials(callers)).toEqual([
      "caller saas (read, write, delete): -H 'Authorization: Bearer saas'",
      "caller partner (read, write): -H 'Authorization: Bearer partner'",
    ]);
    expect(showCredentials(SHARED_CALLER)).toEqual([
      "no credentials are needed: every request has the caller shared",
    ]);
  });
});

describe(showRequests, () => {
  it("speaks as the caller that may do most, wherever it stands", () => {
    if (callers === SHARED_CALLER) throw new Error("dev has one tenant");

    for (const lines of [showRequests(url, callers), showRequests(url, callers.toReversed())]) {
      expect(lines.every((line) => line.startsWith("curl -sS -H 'Authorization: Bearer saas' "))).toBe(true);
      expect(lines.at(-1)).toContain(` -X DELETE ${url}${SHARED_PATH}/r-2`);
    }
  });

  it("leaves out what that caller may not do", () => {
    expect(showRequests(url, without("delete")).join("\n")).not.toContain("DELETE");
    expect(showRequests(url, without("read")).every((line) => /--data-binary|-X DELETE/.test(line))).toBe(
      true,
    );
  });

  it("names nobody where there is one tenant", () => {
    const lines = showRequests(url, SHARED_CALLER);

    expect(lines.join("\n")).not.toContain("Authorization");
    expect(lines).toHaveLength(showRequests(url, callers).length);
  });
});
