import { CommandError } from "../command-error.ts";

/** A run as Terraform Enterprise tells of it. https://developer.hashicorp.com/terraform/enterprise/api-docs/run */
export interface Run {
  readonly id: string;
  readonly status: string;
  readonly message: string;
  /** A speculative plan, which is never applied. */
  readonly isPlanOnly: boolean;
  /** Whether somebody has to confirm it before it is applied. */
  readonly isConfirmable: boolean;
  readonly isCancelable: boolean;
  readonly isDiscardable: boolean;
  readonly configurationVersionId: string | undefined;
  readonly planId: string | undefined;
  readonly applyId: string | undefined;
}

export interface PlanSummary {
  readonly additions: number;
  readonly changes: number;
  readonly destructions: number;
  readonly logUrl: string | undefined;
}

/** A policy or a task that did not pass. */
export interface Objection {
  readonly name: string;
  /** `soft-mandatory`, `mandatory` and the like. */
  readonly enforcement: string;
}

export interface EnterpriseOptions {
  /** `https://terraform.example.com` */
  readonly address: string;
  readonly token: string;
  /** Attempts at a request that the server did not take. */
  readonly attempts?: number;
  readonly timeoutMilliseconds?: number;
  /** Before the second attempt; twice as long before each further one. */
  readonly pauseMilliseconds?: number;
}

// biome-ignore lint/suspicious/noExplicitAny: JSON:API documents, read field by field
type Json = any;

/** How far back a workspace's runs are looked through: ten pages of the largest size. */
const MAX_RUN_PAGES = 10;

/** The part of Terraform Enterprise's API that a release needs. */
export class EnterpriseClient {
  readonly address: string;
  readonly #options: Required<EnterpriseOptions>;

  constructor(options: EnterpriseOptions) {
    this.address = options.address;
    this.#options = { attempts: 5, timeoutMilliseconds: 30_000, pauseMilliseconds: 1_000, ...options };
  }

  async workspaceId(organization: string, workspace: string): Promise<string> {
    const path = `/api/v2/organizations/${organization}/workspaces/${workspace}`;
    const { status, body } = await this.#call("GET", path);
    if (status === 404) {
      throw new CommandError(
        `There is no workspace ${organization}/${workspace} at ${this.address}, or the token may not see it. Create it (docs/delivery.md), or give the token's team access.`,
      );
    }
    this.#expect(status, "the workspace", body);
    return body.data.id;
  }

  async createConfigurationVersion(
    workspaceId: string,
    { speculative }: { readonly speculative: boolean },
  ): Promise<{ id: string; uploadUrl: string }> {
    const { status, body } = await this.#call(
      "POST",
      `/api/v2/workspaces/${workspaceId}/configuration-versions`,
      { data: { type: "configuration-versions", attributes: { "auto-queue-runs": false, speculative } } },
    );
    this.#expect(status, "a configuration version", body);
    return { id: body.data.id, uploadUrl: body.data.attributes["upload-url"] };
  }

  /** The URL itself is the permission: the token stays here. */
  async upload(uploadUrl: string, archive: Buffer): Promise<void> {
    const { status } = await this.#retry(() =>
      this.#fetch(uploadUrl, {
        method: "PUT",
        headers: { "content-type": "application/octet-stream" },
        body: new Uint8Array(archive),
      }),
    );
    if (status < 200 || status >= 300) {
      const answer = status === 0 ? "no answer" : `status ${status}`;
      throw new CommandError(`The configuration was not taken: its upload ended with ${answer}.`);
    }
  }

  async configurationStatus(id: string): Promise<{ status: string; error: string | undefined }> {
    const { status, body } = await this.#call("GET", `/api/v2/configuration-versions/${id}`);
    this.#expect(status, "the configuration version", body);
    return { status: body.data.attributes.status, error: body.data.attributes["error-message"] ?? undefined };
  }

  /** Asks again only after it has looked whether the run is there: a lost answer must not start two. */
  async createRun(options: {
    readonly workspaceId: string;
    readonly configurationVersionId: string;
    readonly message: string;
    readonly autoApply: boolean;
  }): Promise<Run> {
    const { workspaceId, configurationVersionId, message, autoApply } = options;
    const document = {
      data: {
        type: "runs",
        attributes: { message, "auto-apply": autoApply },
        relationships: {
          workspace: { data: { type: "workspaces", id: workspaceId } },
          "configuration-version": { data: { type: "configuration-versions", id: configurationVersionId } },
        },
      },
    };
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.#once("POST", "/api/v2/runs", document);
      if (answer.status === 201) return runOf(answer.body.data);
      const isLast = attempt >= this.#options.attempts;
      if (!isRetryable(answer.status) || isLast) this.#expect(answer.status, "the run", answer.body);
      await this.#pause(attempt);
      for await (const run of this.runs(workspaceId)) {
        if (run.configurationVersionId === configurationVersionId) return run;
      }
    }
  }

  async run(id: string): Promise<Run> {
    const { status, body } = await this.#call("GET", `/api/v2/runs/${id}`);
    this.#expect(status, "the run", body);
    return runOf(body.data);
  }

  /** Runs of a workspace, the newest first. */
  async *runs(workspaceId: string): AsyncGenerator<Run> {
    for (let page = 1; page <= MAX_RUN_PAGES; page += 1) {
      const path = `/api/v2/workspaces/${workspaceId}/runs?page%5Bsize%5D=100&page%5Bnumber%5D=${page}`;
      const { status, body } = await this.#call("GET", path);
      this.#expect(status, "the workspace's runs", body);
      yield* (body.data as Json[]).map(runOf);
      if (!body.meta?.pagination?.["next-page"]) return;
    }
  }

  async plan(id: string): Promise<PlanSummary> {
    const { status, body } = await this.#call("GET", `/api/v2/plans/${id}`);
    this.#expect(status, "the plan", body);
    const { attributes } = body.data;
    return {
      additions: attributes["resource-additions"] ?? 0,
      changes: attributes["resource-changes"] ?? 0,
      destructions: attributes["resource-destructions"] ?? 0,
      logUrl: attributes["log-read-url"] ?? undefined,
    };
  }

  async applyLogUrl(id: string): Promise<string | undefined> {
    const { status, body } = await this.#call("GET", `/api/v2/applies/${id}`);
    this.#expect(status, "the apply", body);
    return body.data.attributes["log-read-url"] ?? undefined;
  }

  /** What a log says; nothing where it can't be read. Its URL is the permission, and may lead elsewhere. */
  async log(url: string): Promise<string> {
    const { status, text } = await this.#retry(() => this.#fetch(url, { method: "GET", redirect: "follow" }));
    return status >= 200 && status < 300 ? text : "";
  }

  /** Sentinel policies that failed in a policy check. */
  async failedPolicyChecks(runId: string): Promise<Objection[]> {
    return (await this.#list(`/api/v2/runs/${runId}/policy-checks`))
      .flatMap(({ attributes }) => Object.values<Json>(attributes.result?.sentinel?.data ?? {}))
      .flatMap(({ policies = [] }) => policies as Json[])
      .filter(({ result }) => result !== true)
      .map(({ policy }) => ({
        name: String(policy?.name ?? policy),
        enforcement: String(policy?.["enforcement-level"] ?? policy?.enforcementLevel ?? ""),
      }));
  }

  /** Policies of policy evaluations (OPA, and Sentinel run by agents), and tasks, that did not pass. */
  async failedStages(runId: string): Promise<Objection[]> {
    const objections: Objection[] = [];
    for (const { relationships } of await this.#list(`/api/v2/runs/${runId}/task-stages`)) {
      for (const { id } of relationships?.["policy-evaluations"]?.data ?? []) {
        const sets = await this.#list(`/api/v2/policy-evaluations/${id}/policy-set-outcomes`);
        const failed = sets
          .flatMap(({ attributes }) => attributes.outcomes as Json[])
          .filter(({ status }) => status !== "passed");
        objections.push(
          ...failed.map((each) => ({ name: each.policy_name, enforcement: each.enforcement_level ?? "" })),
        );
      }
      for (const { id } of relationships?.["task-results"]?.data ?? []) {
        const { body } = await this.#call("GET", `/api/v2/task-results/${id}`);
        const result = body?.data?.attributes ?? {};
        if (!["passed", "running", "pending"].includes(result.status)) {
          objections.push({
            name: String(result["task-name"] ?? id),
            enforcement: String(result["workspace-task-enforcement-level"] ?? ""),
          });
        }
      }
    }
    return objections;
  }

  async end(id: string, action: "cancel" | "discard", comment: string): Promise<void> {
    const { status, body } = await this.#call("POST", `/api/v2/runs/${id}/actions/${action}`, { comment });
    // Somebody was faster.
    if (status === 409) return;
    this.#expect(status, `to ${action} the run`, body);
  }

  /** Nothing where the server has no such list: not every version knows all of them. */
  async #list(path: string): Promise<Json[]> {
    const { status, body } = await this.#call("GET", path);
    return status === 200 && Array.isArray(body?.data) ? body.data : [];
  }

  /** Repeats what a server did not take or did not answer; nothing here does anything twice. */
  #call(method: string, path: string, document?: unknown): Promise<{ status: number; body: Json }> {
    return this.#retry(() => this.#once(method, path, document));
  }

  async #once(method: string, path: string, document?: unknown): Promise<{ status: number; body: Json }> {
    const { status, text } = await this.#fetch(`${this.address}${path}`, {
      method,
      // The token goes to this address and nowhere else.
      redirect: "error",
      headers: {
        authorization: `Bearer ${this.#options.token}`,
        "content-type": "application/vnd.api+json",
      },
      ...(document !== undefined && { body: JSON.stringify(document) }),
    });
    return { status, body: parseJson(text) };
  }

  async #retry<Answer extends { readonly status: number }>(send: () => Promise<Answer>): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await send();
      if (!isRetryable(answer.status) || attempt >= this.#options.attempts) return answer;
      await this.#pause(attempt);
    }
  }

  /** Status 0 stands for no answer. */
  async #fetch(url: string, init: RequestInit): Promise<{ status: number; text: string }> {
    try {
      const signal = AbortSignal.timeout(this.#options.timeoutMilliseconds);
      const response = await fetch(url, { ...init, signal });
      return { status: response.status, text: await response.text() };
    } catch {
      return { status: 0, text: "" };
    }
  }

  #pause(attempt: number): Promise<void> {
    const milliseconds = this.#options.pauseMilliseconds * 2 ** (attempt - 1);
    return new Promise((resolve) => setTimeout(resolve, milliseconds));
  }

  /** @throws CommandError where the status is no success */
  #expect(status: number, what: string, body: Json): void {
    if (status >= 200 && status < 300) return;
    const { attempts } = this.#options;
    const advice: Readonly<Record<number, string>> = {
      0: `does not answer (${attempts} attempts). Check the network, the host name and its certificate`,
      401: "does not know the token. Renew it where it is kept",
      403: "does not allow it to the token's team",
      404: "knows nothing of it, or the token may not see it",
    };
    const details = (body?.errors as Json[] | undefined)
      ?.map(({ detail, title }) => detail ?? title)
      .join("; ");
    const why = advice[status] ?? `answers ${status}${status >= 500 ? ` (${attempts} attempts)` : ""}`;
    throw new CommandError(`${this.address} ${why}: ${what}${details ? ` (${details})` : ""}.`);
  }
}

function isRetryable(status: number): boolean {
  return status === 0 || status === 429 || status >= 500;
}

function runOf({ id, attributes, relationships }: Json): Run {
  const { status, message, actions = {} } = attributes;
  return {
    id,
    status,
    message: message ?? "",
    isPlanOnly: attributes["plan-only"] === true,
    isConfirmable: actions["is-confirmable"] === true,
    isCancelable: actions["is-cancelable"] === true,
    isDiscardable: actions["is-discardable"] === true,
    configurationVersionId: relationships?.["configuration-version"]?.data?.id,
    planId: relationships?.plan?.data?.id,
    applyId: relationships?.apply?.data?.id,
  };
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
