import { describe } from "vitest";
import { itKnowsLocalCallers } from "../support/proxy/local-callers.ts";

describe("the built-in proxy, for callers of one machine", () => {
  itKnowsLocalCallers(async () => undefined);
});
