import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CALLER_RIGHTS } from "../../contract/caller-rights.ts";
import { itemPattern } from "../../contract/keys.ts";
import {
  type Callers,
  keyOf,
  localCallers,
  methodsOf,
  renderCallersMap,
  rightOf,
} from "../../proxy/callers.ts";
import { gatewayMethods } from "../../proxy/resources.ts";
import { itHolds } from "../support/property.ts";
import { callerNamed } from "../support/proxy/exchange.ts";

const hashOf = (text: string) => createHash("sha256").update(Buffer.from(text, "utf8")).digest("hex");
const linesOf = (map: string) => map.split("\n").filter((line) => line !== "" && !line.startsWith("#"));

describe(rightOf, () => {
  it.each([
    ["GET", "read"],
    ["HEAD", "read"],
    ["OPTIONS", "read"],
    ["POST", "write"],
    ["PUT", "write"],
    ["PATCH", "write"],
    ["DELETE", "delete"],
    ["TRACE", undefined],
    ["get", undefined],
    ["constructor", undefined],
  ])("of %s is %s", (method, right) => {
    expect(rightOf(method)).toBe(right);
  });

  it("knows every method that reaches an API, and no others", () => {
    expect(CALLER_RIGHTS.flatMap(methodsOf).toSorted()).toEqual(gatewayMethods.toSorted());
  });
});

describe(keyOf, () => {
  it("is the hash of a subject, which has neither blanks nor a comment's sign", () => {
    // printf %s 'a b' | sha256sum
    expect(keyOf({ kind: "subject", subject: "a b" })).toBe(
      "c8687a08aa5d6ed2044328fa6a697ab8e96dc34291e8c2034ae8c38e6fcc6d65",
    );
    expect(keyOf({ kind: "subject", subject: "# Zoë" })).toBe(hashOf("# Zoë"));
  });

  it("is a certificate's own hash, or those of both its names", () => {
    const sha256 = "a".repeat(64);

    expect(keyOf({ kind: "certificate", sha256 })).toBe(sha256);
    expect(keyOf({ kind: "certificate-name", issuer: "CN=a", subject: "CN=b,O=c" })).toBe(
      `${hashOf("CN=a")}-${hashOf("CN=b,O=c")}`,
    );
  });
});

describe(localCallers, () => {
  it("lets each caller be known by its name alone, with its rights and limits", () => {
    const callers = [
      callerNamed("a", { credentials: [{ kind: "certificate", sha256: "b".repeat(64) }], may: ["read"] }),
    ];

    expect(localCallers(callers)).toEqual([
      { ...callers[0], credentials: [{ kind: "subject", subject: "a" }] },
    ]);
    expect(localCallers("shared")).toBe("shared");
  });
});

describe(renderCallersMap, () => {
  it("has a line for each credential, and says in its first ones what it is", () => {
    const limits = { requestsPerSecond: 1, connections: 2, bytesPerSecond: 30_000 };
    const callers: Exclude<Callers, "shared"> = [
      callerNamed("a", {
        credentials: [
          { kind: "subject", subject: "old" },
          { kind: "subject", subject: "new" },
        ],
        may: ["delete", "read"],
        limits,
      }),
      callerNamed("b", { may: ["write"] }),
    ];

    expect(
      renderCallersMap(callers),
    ).toBe(`# The callers. Do not edit: change proxy.callers of the environment, render again, and reload HAProxy.
# Columns: key of the credential, name, rights, requests per second, connections, bytes per second
${hashOf("old")} a read,delete 1 2 30000
${hashOf("new")} a read,delete 1 2 30000
${hashOf("b")} b write 10000 500 200000000
`);
  });

  const caller = fc.record({
    name: fc.stringMatching(itemPattern),
    credentials: fc.array(fc.record({ kind: fc.constant("subject" as const), subject: fc.string() }), {
      minLength: 1,
      maxLength: 4,
    }),
    may: fc.subarray([...CALLER_RIGHTS], { minLength: 1 }),
  });
  itHolds(
    "has six words in each line, whatever a subject is",
    fc.property(fc.array(caller, { minLength: 1 }), (callers) => {
      const map = renderCallersMap(callers.map((each) => callerNamed(each.name, each)));

      const lines = linesOf(map);
      expect(lines).toHaveLength(callers.flatMap(({ credentials }) => credentials).length);
      for (const line of lines)
        expect(line).toMatch(/^[0-9a-f]{64} [\w.-]{1,64} [a-z,]+ 10000 500 200000000$/);
    }),
  );
});
