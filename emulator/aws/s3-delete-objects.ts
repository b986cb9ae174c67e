import type { ServiceRequest, ServiceResponse } from "../api-gateway/messages.ts";
import type { Forward } from "./s3-rules.ts";
import { escapeXml, unescapeXml } from "./xml-text.ts";

interface Named {
  readonly key: string;
  readonly versionId: string | undefined;
}

/**
 * Many deletions in one request, each by itself: some may fail in an answer of 200.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
 */
export async function deleteObjects(
  bucket: string,
  { headers, body }: ServiceRequest,
  deleteOne: Forward,
): Promise<ServiceResponse> {
  const isQuiet = /<Quiet>true<\/Quiet>/.test(body.toString());
  const answers: string[] = [];
  for (const { key, versionId } of namedIn(body.toString())) {
    const path = [bucket, ...key.split("/")].map(encodeURIComponent).join("/");
    const target = `/${path}${versionId === undefined ? "" : `?versionId=${encodeURIComponent(versionId)}`}`;
    const { status } = await deleteOne({
      method: "DELETE",
      target,
      headers: withoutBody(headers),
      body: Buffer.alloc(0),
    });
    const named = `<Key>${escapeXml(key)}</Key>${versionId === undefined ? "" : `<VersionId>${versionId}</VersionId>`}`;
    if (status >= 300) {
      answers.push(`<Error>${named}<Code>InternalError</Code><Message>Status ${status}</Message></Error>`);
    } else if (!isQuiet) {
      answers.push(`<Deleted>${named}</Deleted>`);
    }
  }
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<DeleteResult>${answers.join("")}</DeleteResult>`;
  return { status: 200, headers: [["content-type", "application/xml"]], body: Buffer.from(xml) };
}

function namedIn(xml: string): Named[] {
  return [...xml.matchAll(/<Object>(.*?)<\/Object>/gs)].map(([, object = ""]) => ({
    key: unescapeXml(/<Key>(.*?)<\/Key>/s.exec(object)?.[1] ?? ""),
    versionId: /<VersionId>(.*?)<\/VersionId>/s.exec(object)?.[1],
  }));
}

function withoutBody(headers: ServiceRequest["headers"]): ServiceRequest["headers"] {
  return headers.filter(([name]) => !/^(content-|x-amz-(checksum|sdk-checksum|content-sha256))/i.test(name));
}
