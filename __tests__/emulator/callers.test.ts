import { describe } from "vitest";
import { itKeepsCallersApart } from "../support/callers-apart.ts";

describe("two callers of a stack, behind the built-in proxy", () => {
  itKeepsCallersApart(async () => undefined);
});
