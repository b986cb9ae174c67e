import { describe, expect, it } from "vitest";
import { castOf } from "../../../cli/demo/cast.ts";
import type { CallerRight } from "../../../contract/caller-rights.ts";
import { SHARED_CALLER } from "../../../contract/keys.ts";
import { UserError } from "../../../contract/user-error.ts";
import type { Callers } from "../../../proxy/callers.ts";
import { loadEnvironment } from "../../support/environments.ts";

const dev = loadEnvironment("dev");

function withCallers(callers: Callers) {
  if (dev.proxy.kind !== "haproxy") throw new Error("dev has no HAProxy");
  return { ...dev, proxy: { ...dev.proxy, callers } };
}

function caller(name: string, ...may: CallerRight[]) {
  const limits = { requestsPerSecond: 1, connections: 1, bytesPerSecond: 10_000 };
  return { name, credentials: [{ kind: "subject" as const, subject: "s" }], may, limits };
}

describe(castOf, () => {
  it("takes the first caller that may do all, and another one that may read and write", () => {
    const cast = castOf(
      withCallers([
        caller("reader", "read"),
        caller("all", "delete", "write", "read"),
        caller("sender", "write"),
        caller("other", "read", "write"),
        caller("more", "read", "write", "delete"),
      ]),
    );

    expect(cast).toEqual({ first: "all", second: "other" });
  });

  it("finds the other one before it too", () => {
    const callers = [caller("other", "write", "read"), caller("all", "read", "write", "delete")];

    expect(castOf(withCallers(callers))).toEqual({ first: "all", second: "other" });
  });

  it("has nobody beside the first where no other one may read and write", () => {
    const callers = [caller("all", "read", "write", "delete"), caller("a", "read"), caller("b", "write")];

    expect(castOf(withCallers(callers))).toEqual({ first: "all" });
  });

  it("names nobody where callers are not told apart, or are somebody else's", () => {
    expect(castOf(withCallers(SHARED_CALLER))).toEqual({});
    expect(castOf({ ...dev, proxy: { kind: "external", addresses: "any" } })).toEqual({});
  });

  it("says which rights it takes where nobody has them", () => {
    const environment = withCallers([caller("a", "read", "write"), caller("b", "delete")]);

    expect(() => castOf(environment)).toThrow(UserError);
    expect(() => castOf(environment)).toThrow(
      `The demonstration needs a caller that may read, write, delete. proxy.callers of env/dev.ts has none:
  a: read, write
  b: delete
Give one of them all three rights there, or run "npm start" instead.`,
    );
  });
});
