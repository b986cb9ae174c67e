import { describe } from "vitest";
import { itServesFurtherApis } from "../../support/further-apis.ts";
import { requireHaproxy } from "../../support/proxy/proxy-under-test.ts";

describe("HAProxy, in front of APIs that are a document and an entry", () => {
  itServesFurtherApis(requireHaproxy);
});
