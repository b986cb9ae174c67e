import { createHmac, randomBytes } from "node:crypto";
import { type Bucket, NULL_VERSION } from "./object-version.ts";

/**
 * Ids of versions in the form of Amazon S3's: 32 characters, of which the last ones prove that it gave out the id. So it can tell
 * one that is no more from one that never was.
 */
export function createVersionIds() {
  const secret = randomBytes(32);
  const encode = (bytes: Buffer) => bytes.toString("base64url").replaceAll("-", ".");
  const sign = (id: string) => encode(createHmac("sha256", secret).update(id).digest().subarray(0, 9));
  return {
    next({ versioning }: Bucket): string {
      if (versioning !== "Enabled") return NULL_VERSION;
      const id = encode(randomBytes(15));
      return `${id}${sign(id)}`;
    },
    isOne: (id: string): boolean =>
      id === NULL_VERSION || (id.length === 32 && sign(id.slice(0, 20)) === id.slice(20)),
  };
}
