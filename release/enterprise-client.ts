import type * as z from "zod";
import { parseJson } from "../contract/parse-json.ts";
import {
  EnterpriseConnection,
  EnterpriseError,
  type EnterpriseOptions,
  isAway,
} from "./enterprise-connection.ts";
import {
  applyDocument,
  configurationVersionDocument,
  type Objection,
  planDocument,
  policyChecksDocument,
  policySetOutcomesDocument,
  type Run,
  runDocument,
  runsDocument,
  taskResultDocument,
  taskStagesDocument,
  type WorkspaceView,
  workspaceDocument,
} from "./enterprise-documents.ts";

import { outputsDocument, type StateOutput } from "./state-outputs.ts";

/** How far back a workspace's runs are looked through: ten pages of the largest size. */
const MAX_RUN_PAGES = 10;
/** Without them a list leaves out what is planned alone. https://developer.hashicorp.com/terraform/enterprise/api-docs/run */
const ALL_OPERATIONS = "plan_only,plan_and_apply,save_plan,refresh_only,destroy,empty_apply";

/** The part of Terraform Enterprise's API that a release needs. Every method throws EnterpriseError where it fails. */
export class EnterpriseClient {
  readonly #connection: EnterpriseConnection;

  constructor(options: EnterpriseOptions | EnterpriseConnection) {
    this.#connection = options instanceof EnterpriseConnection ? options : new EnterpriseConnection(options);
  }

  get address(): string {
    return this.#connection.address;
  }

  /** The same, for what has to be done although nobody waits any more. */
  unstoppable(): EnterpriseClient {
    return new EnterpriseClient(this.#connection.unstoppable());
  }

  async workspace(organization: string, workspace: string): Promise<WorkspaceView> {
    const path = `/api/v2/organizations/${organization}/workspaces/${workspace}`;
    const answer = await this.#connection.call({ method: "GET", path });
    if (answer.status === 404) {
      throw new EnterpriseError(
        `There is no workspace ${organization}/${workspace} at ${this.address}, or the token's team has no access to it. Create it (docs/delivery.md), or give the team access.`,
        false,
      );
    }
    return this.#connection.read(workspaceDocument, answer, "the workspace");
  }

  async createConfigurationVersion(
    workspaceId: string,
    { speculative }: { readonly speculative: boolean },
  ): Promise<{ id: string; uploadUrl: string }> {
    const what = "a configuration version";
    const answer = await this.#connection.call({
      method: "POST",
      path: `/api/v2/workspaces/${workspaceId}/configuration-versions`,
      document: {
        data: { type: "configuration-versions", attributes: { "auto-queue-runs": false, speculative } },
      },
    });
    const { id, uploadUrl } = this.#connection.read(configurationVersionDocument, answer, what);
    if (uploadUrl === undefined)
      throw new EnterpriseError(`${this.address} returned no upload URL for ${what}.`, false);
    return { id, uploadUrl };
  }

  async upload(uploadUrl: string, archive: Buffer): Promise<void> {
    const { status, cause } = await this.#connection.callWithoutToken(uploadUrl, {
      method: "PUT",
      headers: { "content-type": "application/octet-stream" },
      body: new Uint8Array(archive),
    });
    if (status < 200 || status >= 300) {
      const answer = status === 0 ? `no answer${cause ? ` (${cause})` : ""}` : `status ${status}`;
      throw new EnterpriseError(`The upload of the configuration failed: ${answer}.`, isAway(status));
    }
  }

  async configurationStatus(id: string): Promise<{ status: string; error: string | undefined }> {
    const answer = await this.#connection.call({
      method: "GET",
      path: `/api/v2/configuration-versions/${id}`,
    });
    return this.#connection.read(configurationVersionDocument, answer, "the configuration version");
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
      const answer = await this.#connection.once({ method: "POST", path: "/api/v2/runs", document });
      if (!isAway(answer.status)) return this.#connection.read(runDocument, answer, "the run");
      await this.#connection.pauseAfter(attempt, answer.retryAfterSeconds);
      const started = await this.#findRunOf(configurationVersionId, workspaceId);
      if (started !== undefined) return started;
      if (attempt >= this.#connection.attempts) this.#connection.expect(answer, "the run");
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
        `${error.message} Terraform Enterprise may have started a run. Check the workspace.`,
        error.isAway,
      );
    }
  }

  async run(id: string): Promise<Run> {
    const answer = await this.#connection.call({ method: "GET", path: `/api/v2/runs/${id}` });
    return this.#connection.read(runDocument, answer, "the run");
  }

  /**
   * Outputs of a workspace's state; the values of sensitive ones are not told. While a new state is read, the server says that it
   * is busy.
   */
  async outputs(workspaceId: string): Promise<StateOutput[]> {
    const all: StateOutput[] = [];
    for (let page = 1; page <= MAX_RUN_PAGES; page += 1) {
      const path = `/api/v2/workspaces/${workspaceId}/current-state-version-outputs?page%5Bnumber%5D=${page}`;
      const answer = await this.#connection.call({ method: "GET", path });
      const { outputs, hasMore } = this.#connection.read(
        outputsDocument,
        answer,
        'the outputs of its state (give the team "Read outputs only" of state versions)',
      );
      all.push(...outputs);
      if (!hasMore) break;
    }
    return all;
  }

  /** Runs of a workspace, the newest first, without those that only plan. */
  runs(workspaceId: string): AsyncGenerator<Run> {
    return this.#listRuns(workspaceId);
  }

  async *#listRuns(workspaceId: string, operations?: string): AsyncGenerator<Run> {
    const filter = operations === undefined ? "" : `filter%5Boperation%5D=${operations}&`;
    for (let page = 1; page <= MAX_RUN_PAGES; page += 1) {
      const path = `/api/v2/workspaces/${workspaceId}/runs?${filter}page%5Bsize%5D=100&page%5Bnumber%5D=${page}`;
      const answer = await this.#connection.call({ method: "GET", path });
      const { runs, hasMore } = this.#connection.read(runsDocument, answer, "the workspace's runs");
      yield* runs;
      if (!hasMore) return;
    }
  }

  async plan(id: string): Promise<z.output<typeof planDocument>> {
    const answer = await this.#connection.call({ method: "GET", path: `/api/v2/plans/${id}` });
    return this.#connection.read(planDocument, answer, "the plan");
  }

  async applyLogUrl(id: string): Promise<string | undefined> {
    const answer = await this.#connection.call({ method: "GET", path: `/api/v2/applies/${id}` });
    return this.#connection.read(applyDocument, answer, "the apply");
  }

  /** What a log says; nothing where it can't be read. Its URL is the permission, and may lead elsewhere. */
  async log(url: string): Promise<string> {
    const { status, text } = await this.#connection.callWithoutToken(url, { method: "GET" });
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
    const answer = await this.#connection.call({ method: "POST", path, document: { comment } });
    if (answer.status === 409) return false;
    this.#connection.expect(answer, `to ${action} the run`);
    return true;
  }

  /** Nothing where the server has no such list: not every version knows all of them. */
  async #list<Item>(schema: z.ZodType<Item[]>, path: string): Promise<Item[]> {
    const { status, text } = await this.#connection.call({ method: "GET", path });
    const result = schema.safeParse(parseJson(text));
    return status === 200 && result.success ? result.data : [];
  }
}
