import { headerOf, type ServiceRequest, type ServiceResponse } from "../api-gateway/messages.ts";
import { deleteObjects } from "./s3-delete-objects.ts";
import { type Forward, objectTargetOf } from "./s3-rules.ts";
import { unescapeXml } from "./xml-text.ts";

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

  async function forwardByVersion(request: ServiceRequest): Promise<ServiceResponse> {
    const { bucket, key, query } = objectTargetOf(request.target);
    if (request.method === "GET" && key === "" && query.has("versions")) {
      return listVersions(bucket, query, (listed) => idOf(bucket, listed), forward);
    }
    if (request.method === "PUT" && key === "" && query.has("versioning")) {
      const isEnabled = request.body.toString().includes("<Status>Enabled</Status>");
      versioned[isEnabled ? "add" : "delete"](bucket);
      return { status: 200, headers: [], body: Buffer.alloc(0) };
    }
    if (request.method === "POST" && key === "" && query.has("delete")) {
      return deleteObjects(bucket, request, forwardByVersion);
    }
    const copied = copySourceOf(request);
    if (copied !== undefined) {
      if (idOf(copied.bucket, copied.key) !== copied.versionId) return noSuchVersion();
      return forwardByVersion(withoutSourceVersion(request));
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
  }
  return forwardByVersion;
}

const copySource = "x-amz-copy-source";

/** The version that a copy is to be made of, where the request names one. */
function copySourceOf({ method, headers }: ServiceRequest) {
  const source = method === "PUT" ? headerOf(headers, copySource) : undefined;
  if (source === undefined) return undefined;
  const { bucket, key, query } = objectTargetOf(source.startsWith("/") ? source : `/${source}`);
  const versionId = query.get("versionId");
  return versionId === null ? undefined : { bucket, key, versionId };
}

function withoutSourceVersion(request: ServiceRequest): ServiceRequest {
  const headers = request.headers.map(([name, value]): [string, string] =>
    name.toLowerCase() === copySource ? [name, value.split("?")[0] ?? ""] : [name, value],
  );
  return { ...request, headers };
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
    delimiter: query.get("delimiter") ?? "",
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
  let lastId = "";
  const versions = listing.replace(/<Contents><Key>([^<]*)<\/Key>(.*?)<\/Contents>/gs, (_, key, rest) => {
    lastKey = key;
    lastId = idOf(unescapeXml(key));
    const version = `<VersionId>${lastId}</VersionId><IsLatest>true</IsLatest>`;
    return `<Version><Key>${key}</Key>${version}${rest}</Version>`;
  });
  const lastPrefix = [...listing.matchAll(/<CommonPrefixes><Prefix>([^<]*)<\/Prefix>/g)].at(-1)?.[1] ?? "";
  const next =
    lastPrefix > lastKey
      ? `<NextKeyMarker>${lastPrefix}</NextKeyMarker>`
      : `<NextKeyMarker>${lastKey}</NextKeyMarker><NextVersionIdMarker>${lastId}</NextVersionIdMarker>`;
  return versions
    .replaceAll("ListBucketResult", "ListVersionsResult")
    .replace(/<NextContinuationToken>.*?<\/NextContinuationToken>/, () => next);
}
