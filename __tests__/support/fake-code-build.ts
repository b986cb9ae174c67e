import { createServer } from "node:http";
import { closeServer, listenOnLoopback } from "../../emulator/loopback-server.ts";

/** What a build was started with, as CodeBuild's StartBuild takes it. */
export interface FakeBuildStart {
  readonly id: string;
  readonly projectName: string;
  readonly sourceVersion: string;
  readonly environmentVariablesOverride: readonly {
    readonly name: string;
    readonly value: string;
    readonly type: string;
  }[];
}

/**
 * CodeBuild's StartBuild and BatchGetBuilds on a free loopback port.
 * https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html
 * @param run is a build: it returns the exit code of its commands
 */
export async function startFakeCodeBuild(run: (start: FakeBuildStart) => Promise<number>) {
  const starts: FakeBuildStart[] = [];
  const statuses = new Map<string, string>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const input = JSON.parse(Buffer.concat(chunks).toString());
    const operation = String(request.headers["x-amz-target"]).split(".")[1];
    response.setHeader("content-type", "application/x-amz-json-1.1");
    response.end(JSON.stringify(operation === "StartBuild" ? begin(input) : look(input.ids)));
  });

  function begin(input: Omit<FakeBuildStart, "id">) {
    const start = { ...input, id: `${input.projectName}:${starts.length + 1}` };
    starts.push(start);
    statuses.set(start.id, "IN_PROGRESS");
    run(start).then(
      (code) => statuses.set(start.id, code === 0 ? "SUCCEEDED" : "FAILED"),
      () => statuses.set(start.id, "FAULT"),
    );
    return { build: { id: start.id, buildStatus: "IN_PROGRESS" } };
  }

  function look(ids: readonly string[]) {
    const builds = ids.flatMap((id) => {
      const buildStatus = statuses.get(id);
      const logs = { deepLink: `https://logs.example.com/${encodeURIComponent(id)}` };
      return buildStatus === undefined ? [] : [{ id, buildStatus, logs }];
    });
    return { builds };
  }

  const url = await listenOnLoopback(server);
  return { url, starts, stop: () => closeServer(server) };
}

/** The variables of a build, with what Secrets Manager would give for those that name a secret. */
export function variablesOf(
  { id, environmentVariablesOverride }: FakeBuildStart,
  secret: Readonly<Record<string, string>>,
): Record<string, string> {
  const read = (value: string) => secret[value.split(":").at(-1) ?? ""] ?? "";
  return {
    CODEBUILD_BUILD_ID: id,
    CODEBUILD_BUILD_URL: `https://logs.example.com/${encodeURIComponent(id)}`,
    ...Object.fromEntries(
      environmentVariablesOverride.map(({ name, value, type }) => [
        name,
        type === "SECRETS_MANAGER" ? read(value) : value,
      ]),
    ),
  };
}
