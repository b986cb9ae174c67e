import type { ServiceRequest, ServiceResponse } from "../api-gateway/messages.ts";
import { type Forward, objectTargetOf } from "./s3-rules.ts";

/**
 * Versions as far as the emulator behind can have them: every object has one, the present one, with an id of its own
 * for each write. So a version can be listed, read and deleted, and a delete that comes too late deletes nothing. Writers
 * are told the id in buckets that were told to keep versions.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html
 */
export function createS3Versions(forward: Forward): Forward {
  const ids = new Map<string, string>();
  const versioned = new Set<string>();
  let writes = 0;
  const idOf = (bucket: string, key: string) => ids.get(`${bucket}/${key}`) ?? "0";

  return async (request) => {
    const { bucket, key, query } = objectTargetOf(request.target);
    if (request.method === "GET" && key === "" && query.has("versions")) {
      return listVersions(bucket, query, (listed) => idOf(bucket, listed), forward);
    }
    if (request.method === "PUT" && key === "" && query.has("versioning")) {
      const isEnabled = request.body.toString().includes("<Status>Enabled</Status>");
      versioned[isEnabled ? "add" : "delete"](bucket);
      return { status: 200, headers: [], body: Buffer.alloc(0) };
    }
    const versionId = query.get("versionId");
    if (request.method === "GET" && versionId !== null) {
      if (idOf(bucket, key) !== versionId) return noSuchVersion();
      query.delete("versionId");
      return forward({ ...request, target: [request.target.split("?")[0], query].join("?") });
    }
    if (request.method === "DELETE" && versionId !== null) {
      if (idOf(bucket, key) !== versionId) return { status: 204, headers: [], body: Buffer.alloc(0) };
      return forward({ ...request, target: request.target.split("?")[0] ?? "" });
    }
    const response = await forward(request);
    if (request.method === "PUT" && key !== "" && response.status === 200) {
      writes += 1;
      ids.set(`${bucket}/${key}`, String(writes));
      if (versioned.has(bucket)) {
        return { ...response, headers: [...response.headers, ["x-amz-version-id", String(writes)]] };
      }
    }
    return response;
  };
}

function noSuchVersion(): ServiceResponse {
  const body =
    "<Error><Code>NoSuchVersion</Code><Message>The specified version does not exist.</Message></Error>";
  return { status: 404, headers: [["content-type", "application/xml"]], body: Buffer.from(body) };
}

async function listVersions(
  bucket: string,
  query: URLSearchParams,
  idOf: (key: string) => string,
  forward: Forward,
): Promise<ServiceResponse> {
  const list = new URLSearchParams({
    "list-type": "2",
    prefix: query.get("prefix") ?? "",
    "start-after": query.get("key-marker") ?? "",
    "max-keys": query.get("max-keys") ?? "1000",
  });
  const target = `/${encodeURIComponent(bucket)}?${list}`;
  const request: ServiceRequest = { method: "GET", target, headers: [], body: Buffer.alloc(0) };
  const response = await forward(request);
  if (response.status !== 200) return response;
  const body = Buffer.from(asVersions(response.body.toString(), idOf));
  const headers = response.headers.filter(([name]) => name.toLowerCase() !== "content-length");
  return { ...response, headers, body };
}

/** The emulator's own listing with the names of the other one. */
function asVersions(listing: string, idOf: (key: string) => string): string {
  let lastKey = "";
  const versions = listing.replace(/<Contents><Key>([^<]*)<\/Key>(.*?)<\/Contents>/gs, (_, key, rest) => {
    lastKey = key;
    const version = `<VersionId>${idOf(unescapeXml(key))}</VersionId><IsLatest>true</IsLatest>`;
    return `<Version><Key>${key}</Key>${version}${rest}</Version>`;
  });
  return versions
    .replaceAll("ListBucketResult", "ListVersionsResult")
    .replace(
      /<NextContinuationToken>.*?<\/NextContinuationToken>/,
      `<NextKeyMarker>${lastKey}</NextKeyMarker>`,
    );
}

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

function unescapeXml(text: string): string {
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => entities[name] ?? "");
}
