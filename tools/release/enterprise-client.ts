import type * as z from "zod";
import { CommandError } from "../command-error.ts";
import {
  applyDocument,
  configurationVersionDocument,
  errorsDocument,
  type Objection,
  planDocument,
  policyChecksDocument,
  policySetOutcomesDocument,
  type Run,
  runDocument,
  runsDocument,
  taskResultDocument,
  taskStagesDocument,
  workspaceDocument,
} from "./enterprise-documents.ts";

export interface EnterpriseOptions {
  /** `https://terraform.example.com` */
  readonly address: string;
  readonly token: string;
  /** Attempts at a request that the server did not take. */
  readonly attempts?: number;
  readonly timeoutMilliseconds?: number;
  /** Before the second attempt; twice as long before each further one. */
  readonly pauseMilliseconds?: number;
  /** Ends every request when nobody waits for its answer any more. */
  readonly signal?: AbortSignal;
}

/** Terraform Enterprise did not do what it was asked for. */
export class EnterpriseError extends CommandError {
  /** Whether it may do so later: it did not answer, or was busy or broken. */
  readonly isAway: boolean;

  constructor(message: string, isAway: boolean) {
    super(message);
    this.isAway = isAway;
  }
}

interface Answer {
  /** 0 stands for no answer. */
  readonly status: number;
  readonly text: string;
  /** Why there is none, or where a redirect leads. */
  readonly cause?: string | undefined;
  /** When the server wants to be asked again. */
  readonly retryAfterSeconds?: number | undefined;
}

interface Request {
  readonly method: string;
  readonly path: string;
  readonly document?: unknown;
}

/** How far back a workspace's runs are looked through: ten pages of the largest size. */
const MAX_RUN_PAGES = 10;
/** Without them a list leaves out what is planned alone. https://developer.hashicorp.com/terraform/enterprise/api-docs/run */
const ALL_OPERATIONS = "plan_only,plan_and_apply,save_plan,refresh_only,destroy,empty_apply";
/** The longest pause that a server may ask for. */
const MAX_RETRY_AFTER_SECONDS = 60;

/** The part of Terraform Enterprise's API that a release needs. Every method throws EnterpriseError where it fails. */
export class EnterpriseClient {
  readonly address: string;
  readonly #options: Required<Omit<EnterpriseOptions, "signal">>;
  readonly #signal: AbortSignal | undefined;

  constructor({ signal, ...options }: EnterpriseOptions) {
    this.address = options.address;
    this.#options = { attempts: 5, timeoutMilliseconds: 30_000, pauseMilliseconds: 1_000, ...options };
    this.#signal = signal;
  }

  /** The same, for what has to be done although nobody waits any more. */
  unstoppable(): EnterpriseClient {
    return new EnterpriseClient(this.#options);
  }

  async workspace(organization: string, workspace: string): Promise<{ id: string; isLocked: boolean }> {
    const path = `/api/v2/organizations/${organization}/workspaces/${workspace}`;
    const answer = await this.#call({ method: "GET", path });
    if (answer.status === 404) {
      throw new EnterpriseError(
        `There is no workspace ${organization}/${workspace} at ${this.address}, or the token may not see it. Create it (docs/delivery.md), or give the token's team access.`,
        false,
      );
    }
    return this.#read(workspaceDocument, answer, "the workspace");
  }

  async createConfigurationVersion(
    workspaceId: string,
    { speculative }: { readonly speculative: boolean },
  ): Promise<{ id: string; uploadUrl: string }> {
    const what = "a configuration version";
    const answer = await this.#call({
      method: "POST",
      path: `/api/v2/workspaces/${workspaceId}/configuration-versions`,
      document: {
        data: { type: "configuration-versions", attributes: { "auto-queue-runs": false, speculative } },
      },
    });
    const { id, uploadUrl } = this.#read(configurationVersionDocument, answer, what);
    if (uploadUrl === undefined) throw new EnterpriseError(`${this.address} gives ${what} no URL.`, false);
    return { id, uploadUrl };
  }

  /** The URL itself is the permission: the token stays here. */
  async upload(uploadUrl: string, archive: Buffer): Promise<void> {
    const { status, cause } = await this.#retry(() =>
      this.#fetch(uploadUrl, {
        method: "PUT",
        headers: { "content-type": "application/octet-stream" },
        body: new Uint8Array(archive),
      }),
    );
    if (status < 200 || status >= 300) {
      const answer = status === 0 ? `no answer${because(cause)}` : `status ${status}`;
      throw new EnterpriseError(
        `The configuration was not taken: its upload ended with ${answer}.`,
        isAway(status),
      );
    }
  }

  async configurationStatus(id: string): Promise<{ status: string; error: string | undefined }> {
    const answer = await this.#call({ method: "GET", path: `/api/v2/configuration-versions/${id}` });
    return this.#read(configurationVersionDocument, answer, "the configuration version");
  }

  /**
   * Looks whether the run is there before it asks again, or gives up: a lost answer must neither start two nor lose one. So it
   * is not to be stopped midway: call it of the unstoppable client.
   */
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
      const answer = await this.#once({ method: "POST", path: "/api/v2/runs", document });
      if (!isAway(answer.status)) return this.#read(runDocument, answer, "the run");
      await this.#pause(attempt, answer.retryAfterSeconds);
      const started = await this.#findRunOf(configurationVersionId, workspaceId);
      if (started !== undefined) return started;
      if (attempt >= this.#options.attempts) this.#expect(answer, "the run");
    }
  }

  async #findRunOf(configurationVersionId: string, workspaceId: string): Promise<Run | undefined> {
    try {
      for await (const run of this.#listRuns(workspaceId, ALL_OPERATIONS)) {
        if (run.configurationVersionId === configurationVersionId) return run;
      }
      return undefined;
    } catch (error) {
      if (!(error instanceof EnterpriseError)) throw error;
      throw new EnterpriseError(
        `${error.message} A run was asked for, and may have been started: look at the workspace.`,
        error.isAway,
      );
    }
  }

  async run(id: string): Promise<Run> {
    const answer = await this.#call({ method: "GET", path: `/api/v2/runs/${id}` });
    return this.#read(runDocument, answer, "the run");
  }

  /** Runs of a workspace, the newest first, without those that only plan. */
  runs(workspaceId: string): AsyncGenerator<Run> {
    return this.#listRuns(workspaceId);
  }

  async *#listRuns(workspaceId: string, operations?: string): AsyncGenerator<Run> {
    const filter = operations === undefined ? "" : `filter%5Boperation%5D=${operations}&`;
    for (let page = 1; page <= MAX_RUN_PAGES; page += 1) {
      const path = `/api/v2/workspaces/${workspaceId}/runs?${filter}page%5Bsize%5D=100&page%5Bnumber%5D=${page}`;
      const answer = await this.#call({ method: "GET", path });
      const { runs, hasMore } = this.#read(runsDocument, answer, "the workspace's runs");
      yield* runs;
      if (!hasMore) return;
    }
  }

  async plan(id: string): Promise<z.output<typeof planDocument>> {
    const answer = await this.#call({ method: "GET", path: `/api/v2/plans/${id}` });
    return this.#read(planDocument, answer, "the plan");
  }

  async applyLogUrl(id: string): Promise<string | undefined> {
    const answer = await this.#call({ method: "GET", path: `/api/v2/applies/${id}` });
    return this.#read(applyDocument, answer, "the apply");
  }

  /** What a log says; nothing where it can't be read. Its URL is the permission, and may lead elsewhere. */
  async log(url: string): Promise<string> {
    const { status, text } = await this.#retry(() => this.#fetch(url, { method: "GET", redirect: "follow" }));
    return status >= 200 && status < 300 ? text : "";
  }

  /** Sentinel policies that failed in a policy check. */
  async failedPolicyChecks(runId: string): Promise<Objection[]> {
    return (await this.#list(policyChecksDocument, `/api/v2/runs/${runId}/policy-checks`)).flat();
  }

  /** Policies of policy evaluations (OPA, and Sentinel run by agents), and tasks, that did not pass. */
  async failedStages(runId: string): Promise<Objection[]> {
    const objections: Objection[] = [];
    for (const stage of await this.#list(taskStagesDocument, `/api/v2/runs/${runId}/task-stages`)) {
      for (const id of stage.evaluations) {
        const path = `/api/v2/policy-evaluations/${id}/policy-set-outcomes`;
        objections.push(...(await this.#list(policySetOutcomesDocument, path)).flat());
      }
      for (const id of stage.results) {
        objections.push(...(await this.#list(taskResultDocument, `/api/v2/task-results/${id}`)));
      }
    }
    return objections;
  }

  /**
   * Asks for a run's end, which takes its time.
   * @returns whether it was accepted: the run may have gone on to where it can't be ended like that
   */
  async end(id: string, action: "cancel" | "discard", comment: string): Promise<boolean> {
    const path = `/api/v2/runs/${id}/actions/${action}`;
    const answer = await this.#call({ method: "POST", path, document: { comment } });
    if (answer.status === 409) return false;
    this.#expect(answer, `to ${action} the run`);
    return true;
  }

  /** Nothing where the server has no such list: not every version knows all of them. */
  async #list<Item>(schema: z.ZodType<Item[]>, path: string): Promise<Item[]> {
    const { status, text } = await this.#call({ method: "GET", path });
    const result = schema.safeParse(parseJson(text));
    return status === 200 && result.success ? result.data : [];
  }

  /** Repeats what a server did not take or did not answer: at worst a configuration version is made that nobody uses. */
  #call(request: Request): Promise<Answer> {
    return this.#retry(() => this.#once(request));
  }

  async #once({ method, path, document }: Request): Promise<Answer> {
    return this.#fetch(`${this.address}${path}`, {
      method,
      // The token goes to this address and nowhere else.
      redirect: "manual",
      headers: {
        authorization: `Bearer ${this.#options.token}`,
        "content-type": "application/vnd.api+json",
      },
      ...(document !== undefined && { body: JSON.stringify(document) }),
    });
  }

  async #retry(send: () => Promise<Answer>): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await send();
      if (this.#signal?.aborted) {
        throw new EnterpriseError(`Nobody waits for ${this.address} any more.`, true);
      }
      if (!isAway(answer.status) || attempt >= this.#options.attempts) return answer;
      await this.#pause(attempt, answer.retryAfterSeconds);
    }
  }

  async #fetch(url: string, init: RequestInit): Promise<Answer> {
    const timeout = AbortSignal.timeout(this.#options.timeoutMilliseconds);
    const signal = this.#signal === undefined ? timeout : AbortSignal.any([timeout, this.#signal]);
    try {
      const response = await fetch(url, { ...init, signal });
      const { headers, status } = response;
      const location = headers.get("location");
      return {
        status,
        text: await response.text(),
        cause: location === null ? undefined : hostOf(location, url),
        retryAfterSeconds:
          Number(headers.get("retry-after") ?? headers.get("x-ratelimit-reset")) || undefined,
      };
    } catch (error) {
      return { status: 0, text: "", cause: timeout.aborted ? "it took too long" : causeOf(error) };
    }
  }

  /** As long as the server asks for, or longer each time. */
  #pause(attempt: number, retryAfterSeconds = 0): Promise<void> {
    const asked = Math.min(Math.max(retryAfterSeconds, 0), MAX_RETRY_AFTER_SECONDS) * 1_000;
    const milliseconds = Math.max(asked, this.#options.pauseMilliseconds * 2 ** (attempt - 1));
    return sleep(milliseconds, this.#signal);
  }

  #read<Document>(schema: z.ZodType<Document>, answer: Answer, what: string): Document {
    this.#expect(answer, what);
    const result = schema.safeParse(parseJson(answer.text));
    if (result.success) return result.data;
    throw new EnterpriseError(
      `${this.address} answers ${answer.status} with something that is not Terraform Enterprise's API: ${what}. Check the host name, and whether a proxy or a maintenance page answers in its place.`,
      false,
    );
  }

  /** @throws EnterpriseError where the status is no success */
  #expect({ status, text, cause }: Answer, what: string): void {
    if (status >= 200 && status < 300) return;
    const { attempts } = this.#options;
    const advice: Readonly<Record<number, string>> = {
      0: `does not answer (${attempts} attempts${cause ? `: ${cause}` : ""}). Check the network, the host name and its certificate`,
      401: "does not know the token. Renew it where it is kept",
      403: "does not allow it to the token's team",
      404: "knows nothing of it, or does not allow it to the token's team",
    };
    const details = errorsDocument.safeParse(parseJson(text)).data;
    const redirect = status >= 300 && status < 400 ? `redirects to ${cause ?? "nowhere"}` : undefined;
    const why =
      advice[status] ?? redirect ?? `answers ${status}${isAway(status) ? ` (${attempts} attempts)` : ""}`;
    throw new EnterpriseError(
      `${this.address} ${why}: ${what}${details ? ` (${details})` : ""}.`,
      isAway(status),
    );
  }
}

function isAway(status: number): boolean {
  return status === 0 || status === 429 || status >= 500;
}

/** Until the time is over, or nobody waits for it any more. */
export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    function done() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    }
    signal?.addEventListener("abort", done);
    if (signal?.aborted) done();
  });
}

/** Node.js tells the reason in the error's cause; there is no token in it. */
function causeOf(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error)) return undefined;
  const { code } = cause as NodeJS.ErrnoException;
  return cause.message || code;
}

function because(cause: string | undefined): string {
  return cause === undefined ? "" : ` (${cause})`;
}

/** A whole URL may be a permission. */
function hostOf(location: string, base: string): string | undefined {
  return URL.canParse(location, base) ? new URL(location, base).host : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
