import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

/** How the run of a release goes on from its start: state by state, one for each time it is asked for. */
export interface Course {
  readonly states?: readonly string[];
  /** Of the configuration version, after its upload. */
  readonly configuration?: "uploaded" | "errored";
  readonly plan?: { readonly additions?: number; readonly log?: string };
  readonly applyLog?: string;
  readonly policies?: readonly { readonly name: string; readonly result: boolean }[];
  /** For each request in order: a status to answer with instead, or no answer. */
  readonly trouble?: (request: {
    readonly method: string;
    readonly path: string;
    readonly nth: number;
  }) => number | "silent" | "lost" | undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: JSON:API documents that the tests know the shape of
type Json = any;

export const enterpriseToken = "at-0123456789.atlasv1.secret";

/** States in which a run can be confirmed; what it does in them depends on auto-apply. */
const confirmable = ["planned", "cost_estimated", "policy_checked"];
const ended = ["applied", "planned_and_finished", "errored", "discarded", "canceled", "policy_soft_failed"];

/**
 * Terraform Enterprise as its API documentation says, on a free loopback port: workspaces, configuration versions with
 * their upload URL, runs with their states and actions, plans, applies, policy checks and logs.
 */
export async function startFakeTerraformEnterprise(course: Course = {}) {
  const uploads: Buffer[] = [];
  const runs: { attributes: Json; configurationVersion: string }[] = [];
  const actions: { run: string; action: string; comment: string }[] = [];
  const requests: string[] = [];
  const counts = new Map<string, number>();
  const isSpeculative: boolean[] = [];
  let state = 0;
  let endedBy: string | undefined;

  const currentState = () =>
    endedBy ?? course.states?.[Math.min(state, course.states.length - 1)] ?? "applied";
  const runDocument = (index: number): Json => {
    const status = currentState();
    return {
      id: `run-${index + 1}`,
      type: "runs",
      attributes: {
        status,
        ...runs[index]?.attributes,
        actions: {
          "is-confirmable": confirmable.includes(status),
          "is-discardable": confirmable.includes(status),
          "is-cancelable": !ended.includes(status) && !confirmable.includes(status),
        },
      },
      relationships: {
        plan: { data: { id: "plan-1", type: "plans" } },
        apply: { data: { id: "apply-1", type: "applies" } },
        "configuration-version": { data: { id: runs[index]?.configurationVersion } },
      },
    };
  };

  const server = createServer(async (request, response) => {
    const body = await readAll(request);
    const path = new URL(request.url ?? "/", "http://local").pathname;
    const key = `${request.method} ${path}`;
    requests.push(key);
    counts.set(key, (counts.get(key) ?? 0) + 1);
    const trouble = course.trouble?.({ method: request.method ?? "", path, nth: counts.get(key) ?? 0 });
    if (trouble === "silent") return;
    if (typeof trouble === "number") return send(response, trouble, { errors: [{ detail: "trouble" }] });
    const answer = route(request, path, body);
    // It was done, and nobody hears of it.
    if (trouble === "lost") return void response.destroy();
    send(response, answer.status, answer.body);
  });

  function route(request: IncomingMessage, path: string, body: Buffer): { status: number; body: Json } {
    const { method = "", headers } = request;
    const upload = /^\/upload\/(cv-\d+)$/.exec(path);
    if (method === "PUT" && upload) {
      // The URL is the permission; a token here would be given away.
      if (headers.authorization !== undefined) return { status: 400, body: {} };
      uploads.push(body);
      return { status: 200, body: {} };
    }
    if (path.startsWith("/logs/"))
      return { status: 200, body: (path === "/logs/plan" ? course.plan?.log : course.applyLog) ?? "" };
    if (headers.authorization !== `Bearer ${enterpriseToken}`) {
      return { status: 401, body: { errors: [{ status: "401", title: "unauthorized" }] } };
    }
    if (method === "POST" && headers["content-type"] !== "application/vnd.api+json")
      return { status: 415, body: {} };
    const json = body.length > 0 ? JSON.parse(body.toString()) : undefined;
    if (method === "GET" && path === "/api/v2/organizations/example/workspaces/proposals-prod") {
      return { status: 200, body: { data: { id: "ws-1" } } };
    }
    if (method === "POST" && path === "/api/v2/workspaces/ws-1/configuration-versions") {
      isSpeculative.push(json.data.attributes.speculative);
      const id = `cv-${isSpeculative.length}`;
      const attributes = { status: "pending", "upload-url": `${url()}/upload/${id}` };
      return { status: 201, body: { data: { id, attributes } } };
    }
    if (method === "GET" && /^\/api\/v2\/configuration-versions\/cv-\d+$/.test(path)) {
      const status = uploads.length > 0 ? (course.configuration ?? "uploaded") : "pending";
      return {
        status: 200,
        body: {
          data: {
            attributes: { status, "error-message": status === "errored" ? "no Terraform files" : null },
          },
        },
      };
    }
    if (method === "GET" && path === "/api/v2/workspaces/ws-1/runs") {
      return { status: 200, body: { data: runs.map((_, index) => runDocument(index)) } };
    }
    if (method === "POST" && path === "/api/v2/runs") {
      const configurationVersion = json.data.relationships["configuration-version"].data.id;
      runs.push({ attributes: json.data.attributes, configurationVersion });
      return { status: 201, body: { data: runDocument(runs.length - 1) } };
    }
    const run = /^\/api\/v2\/runs\/run-(\d+)(?:\/(.*))?$/.exec(path);
    if (run && method === "GET" && run[2] === undefined) {
      state += 1;
      return { status: 200, body: { data: runDocument(Number(run[1]) - 1) } };
    }
    if (run && method === "GET" && run[2] === "policy-checks") {
      const policies = (course.policies ?? []).map(({ name, result }) => ({
        policy: { name, "enforcement-level": "soft-mandatory" },
        result,
      }));
      return {
        status: 200,
        body: { data: [{ attributes: { result: { sentinel: { data: { set: { policies } } } } } }] },
      };
    }
    const action = /^actions\/(cancel|discard)$/.exec(run?.[2] ?? "")?.[1];
    if (run && method === "POST" && action !== undefined) {
      actions.push({ run: `run-${run[1]}`, action, comment: json.comment });
      endedBy = action === "cancel" ? "canceled" : "discarded";
      return { status: 202, body: {} };
    }
    if (method === "GET" && path === "/api/v2/plans/plan-1") {
      const attributes = {
        "resource-additions": course.plan?.additions ?? 3,
        "resource-changes": 2,
        "resource-destructions": 1,
        "log-read-url": `${url()}/logs/plan`,
      };
      return { status: 200, body: { data: { attributes } } };
    }
    if (method === "GET" && path === "/api/v2/applies/apply-1") {
      return { status: 200, body: { data: { attributes: { "log-read-url": `${url()}/logs/apply` } } } };
    }
    return { status: 404, body: { errors: [{ status: "404", title: "not found" }] } };
  }

  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: url(),
    /** Paths of the files in the last upload. */
    uploadedFiles: () => filesIn(uploads.at(-1) ?? Buffer.alloc(0)),
    uploads,
    runs,
    actions,
    requests,
    isSpeculative,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function send(response: ServerResponse, status: number, body: Json): void {
  response.writeHead(status, { "content-type": "application/vnd.api+json" });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}

/** Names and contents of a gzipped tar: blocks of 512 bytes, a header before each file. */
function filesIn(archive: Buffer): Map<string, Buffer> {
  const tar = gunzipSync(archive);
  const files = new Map<string, Buffer>();
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const text = (start: number, length: number) =>
      tar
        .subarray(at + start, at + start + length)
        .toString("utf8")
        .replace(/\0.*$/s, "");
    const size = Number.parseInt(text(124, 12), 8);
    const name = [text(345, 155), text(0, 100)].filter((part) => part !== "").join("/");
    files.set(name, tar.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
