import { describe, expect, it } from "vitest";
import { adviseBinding } from "../../env/api-fields.ts";
import { literalKinds } from "../../openapi/literal-kinds.ts";

describe(adviseBinding, () => {
  it.each([
    ["role.a", 'bind it to gatewayWriterRole, documentReaderRole or { kind: "existing", name: "…" }'],
    ["function.a", 'bind it to apiFunction or { kind: "existing", name: "…" }'],
    ["queue.a", 'bind it to { kind: "existing", name: "…" }'],
    ["queue.a.arn", 'bind queue.a to { kind: "existing", name: "…" }, or to { kind: "external", arn: "…" }'],
    [
      "role.a.name",
      'bind role.a to gatewayWriterRole, documentReaderRole or { kind: "existing", name: "…" }',
    ],
  ])("lists what fits %s", (placeholder, advice) => {
    expect(adviseBinding(placeholder)).toBe(advice);
  });

  it.each(literalKinds)("knows %s, which an import names", (kind) => {
    expect(adviseBinding(`${kind}.a`)).toContain('{ kind: "existing", name: "…" }');
  });

  it("lists the kinds where a placeholder has none of them", () => {
    expect(adviseBinding("cluster.a")).toMatch(
      /^make it <kind>\.<name> with one of the kinds bucket, .*vpcLink$/,
    );
  });
});
