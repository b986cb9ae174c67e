import { createHash, createHmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import type { ServiceRequest, ServiceResponse } from "../api-gateway/messages.ts";
import type { createHttpClient } from "../http-client.ts";
import { clientConfigOf } from "./clients.ts";

/** Sends requests to S3 as API Gateway does: signed, with the headers that the integration mapped. */
export function createS3Backend(endpoint: string, region: string, http: ReturnType<typeof createHttpClient>) {
  const { hostname, port, host } = new URL(endpoint);
  const { credentials } = clientConfigOf(region);
  const signer = new SignatureV4({
    service: "s3",
    region,
    credentials,
    sha256: Sha256,
    // The path is encoded as it is to be.
    uriEscapePath: false,
    applyChecksum: false,
  });
  return async (request: ServiceRequest, signal: AbortSignal): Promise<ServiceResponse> => {
    const [path = "", query = ""] = request.target.split("?");
    const { headers } = await signer.sign({
      method: request.method,
      protocol: "http:",
      hostname,
      port: Number(port),
      path,
      query: Object.fromEntries(new URLSearchParams(query)),
      headers: {
        ...Object.fromEntries(request.headers),
        host,
        "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
      },
      body: request.body,
    });
    return http.send({ ...request, headers: Object.entries(headers) }, signal);
  };
}

/** A hash in the form that the signer asks for. */
class Sha256 {
  readonly #hash: { update(data: string | Uint8Array): unknown; digest(): Buffer };

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash =
      secret === undefined
        ? createHash("sha256")
        : createHmac("sha256", typeof secret === "string" ? secret : bytesOf(secret));
  }

  update(data: string | Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    throw new Error("A hash is made anew for each use.");
  }
}

function bytesOf(secret: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(secret)
    ? new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength)
    : new Uint8Array(secret);
}
