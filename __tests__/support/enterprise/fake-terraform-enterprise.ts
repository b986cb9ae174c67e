import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { closeServer, listenOnLoopback } from "../../../emulator/loopback-server.ts";
import {
  type Course,
  type FakeRun,
  isFinal,
  nextState,
  OVERRIDABLE,
  policyChecksOf,
  stateAfterOverride,
  taskStagesOf,
} from "./run-course.ts";
import { filesInTar } from "./tar.ts";

export interface FakeOptions {
  /** By the name of the workspace, in the organization `example`. */
  readonly workspaces?: Readonly<Record<string, Course>>;
  /** Workspaces that somebody has locked. */
  readonly locked?: readonly string[];
  /** For each request in order: an answer instead, no answer, or none to what was done. */
  readonly trouble?: (request: {
    readonly method: string;
    readonly path: string;
    /** Counts the requests of this method and path. */
    readonly nth: number;
  }) => Trouble | undefined;
}

/** A status, a text that is no document, where a redirect leads to, silence, or a broken connection after all was done. */
export type Trouble =
  | number
  | { readonly status: number; readonly retryAfterSeconds: number }
  | { readonly text: string }
  | { readonly redirectTo: string }
  | "silent"
  | "lost";

// biome-ignore lint/suspicious/noExplicitAny: JSON:API documents that the tests know the shape of
type Json = any;

export const enterpriseToken = "at-0123456789.atlasv1.secret";
/** Of a person who may confirm runs and override policies. */
const personalToken = "us-9876543210.atlasv1.secret";

type Answer = { readonly status: number; readonly body: Json };
const answer = (status: number, body: Json = {}): Answer => ({ status, body });
const refusal = (status: number, detail: string) => answer(status, { errors: [{ status, detail }] });

/**
 * Terraform Enterprise as its API documentation says, on a free loopback port: workspaces that do one run after the other,
 * configuration versions with their upload URL, runs with their states and actions, plans, applies, policy checks, policy
 * evaluations and logs. Its time goes on by one step of a workspace's current run whenever somebody asks for one of its runs;
 * what a client has asked to end is ended only after it was looked at once more.
 * https://developer.hashicorp.com/terraform/enterprise/api-docs
 * https://developer.hashicorp.com/terraform/enterprise/run/states
 */
export async function startFakeTerraformEnterprise({
  workspaces = {},
  locked = [],
  trouble,
}: FakeOptions = {}) {
  const names = Object.keys(workspaces);
  const versions: {
    id: string;
    workspace: string;
    isSpeculative: boolean;
    queuesRun: boolean;
    archive?: Buffer;
  }[] = [];
  const runs: FakeRun[] = [];
  const actions: { run: string; action: string; comment: string | undefined }[] = [];
  const requests: string[] = [];
  const counts = new Map<string, number>();

  const courseOf = (run: FakeRun): Course => workspaces[run.workspace] ?? {};
  const current = (workspace: string) =>
    runs.find((run) => run.workspace === workspace && !run.isPlanOnly && !isFinal(run));

  /** A speculative run waits for nobody; others wait until those before them have ended. */
  function step(run: FakeRun): void {
    if (run.ending !== undefined) {
      endRun(run, run.ending);
      return;
    }
    if (run.isPaused || isFinal(run) || courseOf(run).staysIn === run.status) return;
    if (run.status === "pending" && !run.isPlanOnly && current(run.workspace) !== run) return;
    [run.status, run.isPaused] = nextState(run, courseOf(run));
  }

  function endRun(run: FakeRun, status: string): void {
    run.status = status;
    run.isPaused = false;
    run.ending = undefined;
  }

  const permission = (workspace: string, name: string, of: "of the workspace" | "of all"): Json => {
    const { hidesPermissions, teamMayNotApply } = workspaces[workspace] ?? {};
    const isHidden = hidesPermissions === "of all" || hidesPermissions === of;
    return isHidden ? {} : { permissions: { [name]: teamMayNotApply !== true } };
  };

  function documentOf(run: FakeRun): Json {
    // One that is applied by itself is the same for a moment.
    const isPlanned = run.isPaused || run.status === "planned";
    return {
      id: run.id,
      type: "runs",
      attributes: {
        status: run.status,
        message: run.message,
        "auto-apply": run.isAutoApplied,
        "plan-only": run.isPlanOnly,
        actions: {
          "is-confirmable": isPlanned && !OVERRIDABLE.includes(run.status),
          "is-discardable": isPlanned,
          "is-cancelable": !isPlanned && !isFinal(run),
        },
        ...permission(run.workspace, "can-apply", "of all"),
      },
      relationships: {
        plan: { data: { id: `plan-${run.id}`, type: "plans" } },
        apply: { data: { id: `apply-${run.id}`, type: "applies" } },
        "configuration-version": { data: { id: run.configurationVersion, type: "configuration-versions" } },
      },
    };
  }

  const server = createServer(async (request, response) => {
    const body = await readAll(request);
    const { pathname: path, searchParams } = new URL(request.url ?? "/", "http://local");
    const key = `${request.method} ${path}`;
    requests.push(key);
    counts.set(key, (counts.get(key) ?? 0) + 1);
    const fault = trouble?.({ method: request.method ?? "", path, nth: counts.get(key) ?? 0 });
    if (fault === "silent") return;
    if (typeof fault === "number") return send(response, refusal(fault, "trouble"));
    if (typeof fault === "object") {
      if ("text" in fault) return void response.end(fault.text);
      if ("status" in fault) {
        response.setHeader("retry-after", fault.retryAfterSeconds);
        return send(response, refusal(fault.status, "trouble"));
      }
      response.writeHead(302, { location: fault.redirectTo });
      return void response.end();
    }
    const result = route(request, path, searchParams, body);
    // It was done, and nobody hears of it.
    if (fault === "lost") return void response.destroy();
    send(response, result);
  });

  function route(request: IncomingMessage, path: string, query: URLSearchParams, body: Buffer): Answer {
    const { method = "", headers } = request;
    const open = routeWithoutToken(method, path, headers.authorization, body);
    if (open !== undefined) return open;
    if (![enterpriseToken, personalToken].some((token) => headers.authorization === `Bearer ${token}`)) {
      return refusal(401, "unauthorized");
    }
    if (method === "POST" && headers["content-type"] !== "application/vnd.api+json") return answer(415);
    const json = body.length > 0 ? JSON.parse(body.toString()) : undefined;
    const isPerson = headers.authorization === `Bearer ${personalToken}`;
    return (
      routeWorkspace(method, path, query, json) ??
      routeRun(method, path, json) ??
      routeOverride(method, path, isPerson) ??
      routePart(method, path) ??
      refusal(404, "not found")
    );
  }

  /** What is reached by URLs that are permissions themselves; a token there would be given away. */
  function routeWithoutToken(method: string, path: string, token: string | undefined, body: Buffer) {
    const [, upload] = /^\/upload\/(cv-\d+)$/.exec(path) ?? [];
    const version = versions.find(({ id }) => id === upload);
    if (method === "PUT" && version) {
      if (token !== undefined) return answer(400);
      version.archive = body;
      if (version.queuesRun) queueRun({ workspace: version.workspace, message: "Queued by itself" }, version);
      return answer(200);
    }
    const [, phase, id] = /^\/logs\/(plan|apply)\/(run-\d+)$/.exec(path) ?? [];
    const run = runs.find((each) => each.id === id);
    if (run === undefined) return undefined;
    if (token !== undefined) return answer(400);
    const course = courseOf(run);
    return answer(200, (phase === "plan" ? course.plan?.failsWith : course.applyFailsWith) ?? "fine\n");
  }

  function routeWorkspace(method: string, path: string, query: URLSearchParams, json: Json) {
    const [, name] = /^\/api\/v2\/organizations\/example\/workspaces\/([\w-]+)$/.exec(path) ?? [];
    if (method === "GET" && name !== undefined && names.includes(name)) {
      const isBusy = current(name) !== undefined;
      const type = locked.includes(name) ? "users" : isBusy ? "runs" : undefined;
      return answer(200, {
        data: {
          id: `ws-${names.indexOf(name)}`,
          type: "workspaces",
          attributes: {
            name,
            locked: type !== undefined,
            ...permission(name, "can-queue-apply", "of the workspace"),
          },
          relationships: { "locked-by": { data: type && { id: `${type}-1`, type } } },
        },
      });
    }
    const [, index, part] =
      /^\/api\/v2\/workspaces\/ws-(\d+)\/(runs|configuration-versions|current-state-version-outputs)$/.exec(
        path,
      ) ?? [];
    const workspace = names[Number(index)];
    if (workspace === undefined) return undefined;
    if (method === "GET" && part === "runs") return listRuns(workspace, query);
    if (part === "current-state-version-outputs") return listOutputs(workspace);
    if (method !== "POST" || part !== "configuration-versions") return undefined;
    const id = `cv-${versions.length + 1}`;
    const { speculative = false, "auto-queue-runs": queuesRun = true } = json.data.attributes;
    versions.push({ id, workspace, isSpeculative: speculative, queuesRun });
    const attributes = { status: "pending", "upload-url": `${url}/upload/${id}` };
    return answer(201, { data: { id, type: "configuration-versions", attributes } });
  }

  /** The value of a sensitive one is told to nobody. */
  function listOutputs(workspace: string): Answer {
    const { outputs } = workspaces[workspace] ?? {};
    if (outputs === undefined) return refusal(404, "not found");
    const data = Object.entries(outputs).map(([name, { value, sensitive = false }]) => ({
      type: "state-version-outputs",
      attributes: { name, sensitive, "detailed-type": typeof value, value: sensitive ? null : value },
    }));
    return answer(200, { data });
  }

  function listRuns(workspace: string, query: URLSearchParams): Answer {
    const size = Math.min(Number(query.get("page[size]") ?? 20), 100);
    const page = Number(query.get("page[number]") ?? 1);
    const operations = query.get("filter[operation]")?.split(",") ?? ["plan_and_apply"];
    const all = runs
      .filter((run) => run.workspace === workspace)
      .filter(({ isPlanOnly }) => operations.includes(isPlanOnly ? "plan_only" : "plan_and_apply"))
      .toReversed();
    const isLast = page * size >= all.length;
    return answer(200, {
      data: all.slice((page - 1) * size, page * size).map(documentOf),
      meta: { pagination: { "current-page": page, "next-page": isLast ? null : page + 1 } },
    });
  }

  function routeRun(method: string, path: string, json: Json) {
    if (method === "POST" && path === "/api/v2/runs") return createRun(json);
    const [, id, part] = /^\/api\/v2\/runs\/(run-\d+)(?:\/(.*))?$/.exec(path) ?? [];
    const run = runs.find((each) => each.id === id);
    if (run === undefined) return undefined;
    if (method === "POST") return act(run, part ?? "", json?.comment);
    if (part === "policy-checks") return answer(200, { data: policyChecksOf(courseOf(run)) });
    if (part === "task-stages") return answer(200, { data: taskStagesOf(run, courseOf(run)) });
    if (part !== undefined) return undefined;
    const before = run.isPlanOnly ? undefined : current(run.workspace);
    if (before !== undefined && before !== run) step(before);
    // Who has asked for an end sees the run once more as it was.
    const seen = run.ending === undefined ? undefined : documentOf(run);
    step(run);
    return answer(200, { data: seen ?? documentOf(run) });
  }

  function createRun(json: Json): Answer {
    const { relationships, attributes } = json.data;
    const version = versions.find(({ id }) => id === relationships["configuration-version"].data.id);
    // It runs in the workspace that is named here, even with the configuration of another one.
    const workspace = names[Number(relationships.workspace.data.id.replace("ws-", ""))];
    if (workspace === undefined) return refusal(404, "not found");
    if (version?.archive === undefined) return refusal(422, "Configuration version is not uploaded");
    const { message, "auto-apply": isAutoApplied } = attributes;
    return answer(201, { data: documentOf(queueRun({ workspace, message, isAutoApplied }, version)) });
  }

  function queueRun(
    run: { readonly workspace: string; readonly message: string; readonly isAutoApplied?: boolean },
    version: { readonly id: string; readonly isSpeculative: boolean },
  ): FakeRun {
    const queued: FakeRun = {
      isAutoApplied: false,
      ...run,
      id: `run-${runs.length + 1}`,
      isPlanOnly: version.isSpeculative,
      configurationVersion: version.id,
      status: "pending",
      isPaused: false,
    };
    runs.push(queued);
    return queued;
  }

  function act(run: FakeRun, part: string, comment: string | undefined): Answer | undefined {
    const action = part.replace("actions/", "");
    const { attributes } = documentOf(run);
    const can: Readonly<Record<string, boolean>> = {
      apply: attributes.actions["is-confirmable"],
      discard: attributes.actions["is-discardable"],
      cancel: attributes.actions["is-cancelable"],
    };
    if (!Object.hasOwn(can, action)) return undefined;
    if (!can[action]) return refusal(409, `transition not allowed: ${action} in ${run.status}`);
    actions.push({ run: run.id, action, comment });
    if (action === "discard") run.ending = "discarded";
    if (action === "cancel") run.ending = "canceled";
    if (action === "apply") endRun(run, "confirmed");
    return answer(202);
  }

  /** Of a policy check, or of a stage with policy evaluations: by somebody who may. */
  function routeOverride(method: string, path: string, isPerson: boolean): Answer | undefined {
    const [, kind, id] =
      /^\/api\/v2\/(policy-checks|task-stages)\/(?:polchk|ts)-(run-\d+)\/actions\/override$/.exec(path) ?? [];
    const run = runs.find((each) => each.id === id);
    if (method !== "POST" || run === undefined) return undefined;
    const wanted = kind === "policy-checks" ? "policy_override" : "post_plan_awaiting_decision";
    if (!isPerson) return refusal(404, "not found");
    if (run.status !== wanted) return refusal(409, `transition not allowed: override in ${run.status}`);
    [run.status, run.isPaused] = stateAfterOverride(run);
    return answer(202);
  }

  function routePart(method: string, path: string) {
    if (method !== "GET") return undefined;
    const [, version] = /^\/api\/v2\/configuration-versions\/(cv-\d+)$/.exec(path) ?? [];
    if (version !== undefined) return configurationVersion(version);
    const [, kind, id] = /^\/api\/v2\/(plans|applies)\/(?:plan|apply)-(run-\d+)$/.exec(path) ?? [];
    const run = runs.find((each) => each.id === id);
    if (run !== undefined) {
      const { additions = 3, changes = 2, destructions = 1 } = courseOf(run).plan ?? {};
      return answer(200, {
        data: {
          attributes: {
            "resource-additions": additions,
            "resource-changes": changes,
            "resource-destructions": destructions,
            "log-read-url": `${url}/logs/${kind === "plans" ? "plan" : "apply"}/${id}`,
          },
        },
      });
    }
    return routeStagePart(path);
  }

  function routeStagePart(path: string) {
    const [, of, kind] = /(?:poleval|taskrs)-(run-\d+)(\/policy-set-outcomes)?$/.exec(path) ?? [];
    const staged = runs.find((each) => each.id === of);
    if (staged === undefined) return undefined;
    const { evaluations = [], task } = courseOf(staged);
    if (kind === undefined) {
      const attributes = {
        status: task?.passes ? "passed" : "failed",
        "task-name": task?.name,
        "workspace-task-enforcement-level": "mandatory",
      };
      return answer(200, { data: { attributes } });
    }
    const outcomes = evaluations.map(({ name, passes, level }) => ({
      policy_name: name,
      status: passes ? "passed" : "failed",
      enforcement_level: level,
    }));
    return answer(200, { data: [{ attributes: { outcomes, error: "", "policy-set-name": "set" } }] });
  }

  function configurationVersion(id: string): Answer {
    const version = versions.find((each) => each.id === id);
    if (version === undefined) return refusal(404, "not found");
    const after = workspaces[version.workspace]?.configuration ?? "uploaded";
    const status = version.archive === undefined ? "pending" : after;
    const message = status === "errored" ? "no Terraform files" : null;
    return answer(200, { data: { id, attributes: { status, "error-message": message } } });
  }

  const url = await listenOnLoopback(server);

  /** What somebody does in the user interface. */
  async function decide(run: string, action: "apply" | "discard" | "cancel" | "override"): Promise<void> {
    const decided = runs.find(({ id }) => id === run);
    const stage =
      decided?.status === "policy_override" ? `policy-checks/polchk-${run}` : `task-stages/ts-${run}`;
    const part = action === "override" ? stage : `runs/${run}`;
    const response = await fetch(`${url}/api/v2/${part}/actions/${action}`, {
      method: "POST",
      headers: { authorization: `Bearer ${personalToken}`, "content-type": "application/vnd.api+json" },
    });
    if (!response.ok) throw new Error(`${action} ${run}: ${response.status} ${await response.text()}`);
    // Somebody waits until it is done.
    if (decided?.ending !== undefined) endRun(decided, decided.ending);
  }

  return {
    url,
    runs,
    /** What was asked for, and with which comment. */
    actions,
    requests,
    decide,
    /** Lets the runs of a workspace go on for as long as they can by themselves. */
    settle(workspace: string): void {
      for (let steps = 0; steps < 100; steps += 1) {
        const run = current(workspace);
        if (run) step(run);
      }
    },
    uploads: () => versions.filter(({ archive }) => archive !== undefined).length,
    /** Names and contents of the files that a run was started with. */
    filesOf(run: FakeRun): Map<string, Buffer> {
      const version = versions.find(({ id }) => id === run.configurationVersion);
      return filesInTar(version?.archive ?? Buffer.alloc(0));
    },
    stop: () => closeServer(server),
  };
}

export type FakeTerraformEnterprise = Awaited<ReturnType<typeof startFakeTerraformEnterprise>>;

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { "content-type": "application/vnd.api+json" });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
