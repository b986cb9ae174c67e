import { describe } from "vitest";
import { itServesFurtherApis } from "../support/further-apis.ts";

describe("the built-in proxy, in front of APIs that are a document and an entry", () => {
  itServesFurtherApis(async () => undefined);
});
