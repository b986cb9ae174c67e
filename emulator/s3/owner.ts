import { createHash } from "node:crypto";

/** A canonical user id of an account, in the form of Amazon S3's: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Owner.html */
export function ownerOf(accountId: string): { ID: string } {
  return { ID: createHash("sha256").update(accountId).digest("hex") };
}
