import { describe } from "vitest";
import { itKeepsCallersApart } from "../../support/callers-apart.ts";
import { requireHaproxy } from "../../support/proxy/proxy-under-test.ts";

describe("two callers of a stack, behind HAProxy", () => {
  itKeepsCallersApart(requireHaproxy);
});
