import { describe, expect, it } from "vitest";
import { RequestError } from "../../../../functions/ingestion/api/api-request.ts";
import { checkChecksum } from "../../../../functions/ingestion/api/check-checksum.ts";
import { apiEvent } from "../../../support/function-events.ts";
import { itemResource } from "../../../support/function-records.ts";

/** The text by which catalogues of checksums name them: https://reveng.sourceforge.io/crc-catalogue/all.htm */
const bytes = Buffer.from("123456789");
const ofBytes = {
  "x-amz-checksum-crc32": "cbf43926",
  "x-amz-checksum-crc32c": "e3069283",
  "x-amz-checksum-crc64nvme": "ae8b14860a799888",
  "x-amz-checksum-sha1": "f7c3bc1d808e04732adf679965ccc34ca7ae3441",
  "x-amz-checksum-sha256": "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225",
} as const;
const base64 = (hexadecimal: string) => Buffer.from(hexadecimal, "hex").toString("base64");

const check = (headers: Readonly<Record<string, string>>, body = bytes) =>
  checkChecksum(apiEvent({ method: "POST", resource: itemResource, headers }), body);

describe(checkChecksum, () => {
  it("takes a body without a checksum", async () => {
    await expect(check({})).resolves.toBeUndefined();
  });

  describe.each(Object.entries(ofBytes))("%s", (name, hexadecimal) => {
    it("takes the body that has it, however the header is spelled", async () => {
      await expect(check({ [name]: base64(hexadecimal) })).resolves.toBeUndefined();
      await expect(check({ [name.toUpperCase()]: ` ${base64(hexadecimal)} ` })).resolves.toBeUndefined();
    });

    it("refuses any other body", async () => {
      await expect(check({ [name]: base64(hexadecimal) }, Buffer.from("12345678"))).rejects.toThrow(
        new RequestError(`The request was not accepted. The checksum in ${name} does not match the body.`),
      );
    });

    it.each([
      ["hexadecimal", hexadecimal],
      ["too short", base64(hexadecimal.slice(2))],
      ["unpadded", base64(hexadecimal).replaceAll("=", "")],
      ["empty", ""],
      ["two of them in one line", `${base64(hexadecimal)}, ${base64(hexadecimal)}`],
    ])("refuses what is %s", async (_, value) => {
      await expect(check({ [name]: value })).rejects.toThrow(
        `The header ${name} must be ${hexadecimal.length / 2} bytes in base64.`,
      );
    });
  });

  it("refuses two of them, right as they may be", async () => {
    const { "x-amz-checksum-crc32": crc32, "x-amz-checksum-sha1": sha1 } = ofBytes;
    const two = { "x-amz-checksum-crc32": base64(crc32), "x-amz-checksum-sha1": base64(sha1) };

    await expect(check(two)).rejects.toThrow("It has more than one checksum; send one of them.");
  });

  it("refuses two lines of one", async () => {
    const event = apiEvent({ method: "POST", resource: itemResource });
    const value = base64(ofBytes["x-amz-checksum-crc32"]);
    const twice = { ...event, multiValueHeaders: { "x-amz-checksum-crc32": [value, value] } };

    await expect(checkChecksum(twice, bytes)).rejects.toThrow("more than one checksum");
  });
});
