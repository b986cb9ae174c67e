import { CommandError } from "../command-error.ts";

/** A run as Terraform Enterprise tells of it. https://developer.hashicorp.com/terraform/enterprise/api-docs/run */
export interface Run {
  readonly id: string;
  readonly status: string;
  /** Whether somebody has to confirm it before it is applied. */
  readonly isConfirmable: boolean;
  readonly isCancelable: boolean;
  readonly isDiscardable: boolean;
  readonly planId: string | undefined;
  readonly applyId: string | undefined;
}

export interface PlanSummary {
  readonly additions: number;
  readonly changes: number;
  readonly destructions: number;
  readonly logUrl: string | undefined;
}

export interface PolicyResult {
  readonly name: string;
  readonly passed: boolean;
  /** `soft-mandatory` and the like. */
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

/** The part of Terraform Enterprise's API that a release needs. */
export class EnterpriseClient {
  readonly #options: Required<EnterpriseOptions>;

  constructor(options: EnterpriseOptions) {
    this.#options = { attempts: 5, timeoutMilliseconds: 30_000, pauseMilliseconds: 1_000, ...options };
  }

  async workspaceId(organization: string, workspace: string): Promise<string> {
    const path = `/api/v2/organizations/${organization}/workspaces/${workspace}`;
    const { status, body } = await this.#call("GET", path);
    if (status === 404) {
      throw new CommandError(
        `There is no workspace ${organization}/${workspace} at ${this.#options.address}, or the token may not see it. Create it (docs/delivery.md), or give the token's team access.`,
      );
    }
    this.#expect(status, "the workspace", body);
    return body.data.id;
  }

  async createConfigurationVersion(
    workspaceId: string,
    { speculative }: { readonly speculative: boolean },
  ): Promise<{ id: string; uploadUrl: string }> {
    const attributes = { "auto-queue-runs": false, speculative };
    const { status, body } = await this.#call(
      "POST",
      `/api/v2/workspaces/${workspaceId}/configuration-versions`,
      {
        data: { type: "configuration-versions", attributes },
      },
    );
    this.#expect(status, "a configuration version", body);
    return { id: body.data.id, uploadUrl: body.data.attributes["upload-url"] };
  }

  /** The URL itself is the permission: the token stays here. */
  async upload(uploadUrl: string, archive: Buffer): Promise<void> {
    const { status } = await this.#send(uploadUrl, {
      method: "PUT",
      headers: { "content-type": "application/octet-stream" },
      body: new Uint8Array(archive),
    });
    if (status >= 300)
      throw new CommandError(`The configuration was not taken: its upload ended with status ${status}.`);
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
      const started = await this.#findRun(workspaceId, configurationVersionId);
      if (started !== undefined) return started;
    }
  }

  async run(id: string): Promise<Run> {
    const { status, body } = await this.#call("GET", `/api/v2/runs/${id}`);
    this.#expect(status, "the run", body);
    return runOf(body.data);
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

  /** Results of Sentinel policies, those that failed first. */
  async policyResults(runId: string): Promise<PolicyResult[]> {
    const { status, body } = await this.#call("GET", `/api/v2/runs/${runId}/policy-checks`);
    this.#expect(status, "the policy checks", body);
    return (body.data as Json[])
      .flatMap(({ attributes }) => Object.values<Json>(attributes.result?.sentinel?.data ?? {}))
      .flatMap(({ policies = [] }) => policies as Json[])
      .map(({ policy, result }) => ({
        name: String(policy?.name ?? policy),
        passed: result === true,
        enforcement: String(policy?.["enforcement-level"] ?? policy?.enforcementLevel ?? ""),
      }))
      .toSorted((a, b) => Number(a.passed) - Number(b.passed));
  }

  /** Of a log: what its last lines say of errors. Terraform takes sensitive values out of it by itself. */
  async errorsIn(logUrl: string): Promise<string[]> {
    const { status, text } = await this.#send(logUrl, { method: "GET" });
    if (status >= 300) return [];
    return text.split("\n").flatMap(errorLine).slice(-20);
  }

  async end(id: string, action: "cancel" | "discard", comment: string): Promise<void> {
    const { status, body } = await this.#call("POST", `/api/v2/runs/${id}/actions/${action}`, { comment });
    // Somebody was faster.
    if (status === 409) return;
    this.#expect(status, `to ${action} the run`, body);
  }

  async #findRun(workspaceId: string, configurationVersionId: string): Promise<Run | undefined> {
    const { status, body } = await this.#call(
      "GET",
      `/api/v2/workspaces/${workspaceId}/runs?page%5Bsize%5D=20`,
    );
    if (status !== 200) return undefined;
    const found = (body.data as Json[]).find(
      ({ relationships }) => relationships?.["configuration-version"]?.data?.id === configurationVersionId,
    );
    return found && runOf(found);
  }

  /** Repeats what a server did not take or did not answer; nothing here does anything twice. */
  async #call(method: string, path: string, document?: unknown): Promise<{ status: number; body: Json }> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.#once(method, path, document);
      if (!isRetryable(answer.status) || attempt >= this.#options.attempts) return answer;
      await this.#pause(attempt);
    }
  }

  async #once(method: string, path: string, document?: unknown): Promise<{ status: number; body: Json }> {
    const { address, token } = this.#options;
    const { status, text } = await this.#fetch(`${address}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/vnd.api+json" },
      ...(document !== undefined && { body: JSON.stringify(document) }),
    });
    return { status, body: parseJson(text) };
  }

  async #send(url: string, init: RequestInit): Promise<{ status: number; text: string }> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.#fetch(url, init);
      if (!isRetryable(answer.status) || attempt >= this.#options.attempts) return answer;
      await this.#pause(attempt);
    }
  }

  /** Status 0 stands for no answer. */
  async #fetch(url: string, init: RequestInit): Promise<{ status: number; text: string }> {
    try {
      const response = await fetch(url, {
        ...init,
        redirect: "error",
        signal: AbortSignal.timeout(this.#options.timeoutMilliseconds),
      });
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
    const { address, attempts } = this.#options;
    const advice: Readonly<Record<number, string>> = {
      0: `does not answer (${attempts} attempts). Check the network and the host name`,
      401: "does not know the token. Renew it where it is kept",
      403: "does not allow it to the token's team",
      404: "knows nothing of it, or the token may not see it",
    };
    const details = (body?.errors as Json[] | undefined)
      ?.map(({ detail, title }) => detail ?? title)
      .join("; ");
    const why = advice[status] ?? `answers ${status}${status >= 500 ? ` (${attempts} attempts)` : ""}`;
    throw new CommandError(`${address} ${why}: ${what}${details ? ` (${details})` : ""}.`);
  }
}

function isRetryable(status: number): boolean {
  return status === 0 || status === 429 || status >= 500;
}

function runOf({ id, attributes, relationships }: Json): Run {
  const { status, actions = {} } = attributes;
  return {
    id,
    status,
    isConfirmable: actions["is-confirmable"] === true,
    isCancelable: actions["is-cancelable"] === true,
    isDiscardable: actions["is-discardable"] === true,
    planId: relationships?.plan?.data?.id,
    applyId: relationships?.apply?.data?.id,
  };
}

/** A line of a plain log that begins an error, or the message of a structured one. */
function errorLine(line: string): string[] {
  const structured = line.startsWith("{") ? parseJson(line) : undefined;
  if (structured?.["@level"] === "error") {
    const { summary, detail } = structured.diagnostic ?? {};
    return [[summary ?? structured["@message"], detail].filter(Boolean).join(": ")];
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours of a terminal
  const plain = line.replace(/\u001b\[[0-9;]*m/g, "");
  return /^[│\s]*Error: /.test(plain) ? [plain.replace(/^[│\s]*/, "")] : [];
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
