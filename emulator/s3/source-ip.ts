import type { S3Request } from "./s3-request.ts";

export function sourceIpOf({ body }: S3Request): string {
  return body.socket.remoteAddress ?? "127.0.0.1";
}
