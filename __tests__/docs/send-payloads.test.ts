import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import * as z from "zod";
import { domain } from "../../domain/domain.ts";
import { SHARED_PATH } from "../../domain/names.ts";

const guide = readFileSync("docs/send-payloads.md", "utf8");

// With another domain, the fields of the guide are not its own.
it.runIf(guide.includes(`"$url${SHARED_PATH}/4711"`))(
  "names, as fields of a record and their values, those of the contract",
  () => {
    const [, section = ""] = guide.split("\n## Fields\n");
    const [table = ""] = section.split("\n## ");
    const named = [...table.matchAll(/`([\w.]{2,})`/g)].flatMap(([, name = ""]) => name.split("."));
    const contract = JSON.stringify(z.toJSONSchema(domain.contract, { io: "input" }));

    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !contract.includes(`"${name}"`))).toEqual([]);
  },
);
