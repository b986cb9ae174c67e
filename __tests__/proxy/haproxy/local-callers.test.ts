import { describe } from "vitest";
import { itKnowsLocalCallers } from "../../support/proxy/local-callers.ts";
import { requireHaproxy } from "../../support/proxy/proxy-under-test.ts";

describe("HAProxy, for callers of one machine", () => {
  itKnowsLocalCallers(requireHaproxy);
});
