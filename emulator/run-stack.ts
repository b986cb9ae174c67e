import { setTimeout as sleep } from "node:timers/promises";
import { SHARED_CALLER } from "../contract/keys.ts";
import { UserError } from "../contract/user-error.ts";
import { type Callers, localCallers } from "../proxy/callers.ts";
import type { HaproxyProgram } from "../proxy/haproxy-process.ts";
import { resourcesOf } from "../proxy/resources.ts";
import type { ApiChoices } from "./api-choices.ts";
import { type Answer, createApiGateway } from "./api-gateway/api-gateway.ts";
import type { Backends, FunctionResult } from "./api-gateway/messages.ts";
import { createClients, localCredentials, queueUrlOf } from "./aws/clients.ts";
import { startEmbeddedAws } from "./aws/embedded-aws.ts";
import type { EmbeddedFaults } from "./aws/notifier.ts";
import { provision, putNotifications } from "./aws/provision.ts";
import { createS3Backend } from "./aws/s3-backend.ts";
import { checkApis } from "./check-apis.ts";
import type { ApiDescription, StackDescription } from "./describe-stack.ts";
import { findFunction } from "./find-function.ts";
import { openFrontDoor, type RefusedRequest } from "./front-door.ts";
import { gatewayOptions } from "./gateway-options.ts";
import { openHaproxy } from "./haproxy.ts";
import { callHttpEndpoint } from "./http-backend.ts";
import { createHttpClient } from "./http-client.ts";
import { systemClock } from "./lambda/clock.ts";
import { type MappingEvent, startEventSourceMapping } from "./lambda/event-source-mapping.ts";
import { type RunningFunction, startFunction } from "./lambda/function-process.ts";
import { createSqsQueue } from "./lambda/sqs-queue.ts";
import { noticesOfApis } from "./notices-of-apis.ts";

/** What happens while a stack runs, for whoever watches it. It holds no payload. */
export type StackEvent =
  | ({ readonly kind: "request"; readonly api: string } & Answer)
  | ({ readonly kind: "refusal" } & RefusedRequest)
  | {
      readonly kind: "notification";
      readonly bucket: string;
      readonly key: string;
      readonly queueArn: string;
    }
  | { readonly kind: "mapping"; readonly queueArn: string; readonly event: MappingEvent }
  | {
      readonly kind: "invocation";
      readonly functionName: string;
      readonly durationMs: number;
      /** The most that one of its processes has had so far. */
      readonly maxMemoryBytes: number;
      /** Why it failed; undefined where it did not. */
      readonly errorType: string | undefined;
    }
  /** Of an API, when it starts: a route that is left out, lets nobody in, cannot be answered, or is open. */
  | { readonly kind: "notice"; readonly text: string }
  | { readonly kind: "log"; readonly functionName: string; readonly line: string }
  | { readonly kind: "error"; readonly error: unknown };

export interface RunStackOptions extends ApiChoices {
  readonly stack: StackDescription;
  /** An endpoint of AWS services that is already there; without it they are embedded. */
  readonly endpoint?: string | undefined;
  /** Whether the endpoint already holds what the stack consists of. */
  readonly provisioned?: boolean;
  /** Port of the one URL in front of both APIs; 0 takes a free one. */
  readonly port: number;
  /** The proxy behind that URL; without it the built-in one decides alike. */
  readonly haproxy?: HaproxyProgram | undefined;
  /**
   * Who may call at that URL: of a list, each says its name as `Authorization: Bearer <name>`. Without callers, as with
   * one tenant, nobody has to say anything.
   */
  readonly callers?: Callers;
  /** How often embedded S3 delivers each event. */
  readonly deliveriesPerEvent?: number;
  /** What is broken in the embedded services. */
  readonly faults?: EmbeddedFaults | undefined;
  /** Ends a start that is under way. */
  readonly signal?: AbortSignal;
  readonly onEvent: (event: StackEvent) => void;
}

export interface RunningStack {
  /** In front of both APIs. */
  readonly url: string;
  /** Each API is by itself below `/apis/{name}/{stage}` here. */
  readonly apisUrl: string;
  /** The AWS services. */
  readonly endpoint: string;
  /** Calls a function, as a schedule or a person would. */
  invoke(functionArn: string, event: unknown): Promise<FunctionResult>;
  stop(): Promise<void>;
}

/**
 * Runs a stack on this machine: its APIs, its functions, its event source mappings, and the AWS services behind.
 * @throws UserError before anything is started, where an API has something that is not executed here and not left out
 * @throws UserError where nobody answers at the endpoint that is to stand for AWS, or the port is taken
 * @throws the signal's reason where it aborts before all of it runs; nothing is left then
 */
export async function runStack(options: RunStackOptions): Promise<RunningStack> {
  const { stack, signal, onEvent } = options;
  checkApis(stack, options);
  for (const text of noticesOfApis(stack, options)) onEvent({ kind: "notice", text });
  const cleanup = createCleanup();
  try {
    const endpoint = await startServices(options, cleanup);
    signal?.throwIfAborted();
    const functions = await startFunctions(options, endpoint, cleanup);
    signal?.throwIfAborted();
    await startMappings(options, endpoint, functions, cleanup);
    startSchedules(options, functions, cleanup);
    const http = createHttpClient(endpoint);
    cleanup.add(async () => http.close());
    const backends: Backends = {
      s3: createS3Backend(endpoint, stack.region, http),
      lambda: (functionArn, event) => functionOf(functions, functionArn).invoke(JSON.parse(event)),
      http: callHttpEndpoint,
    };
    const { thresholdBytes, maxPayloadBytes } = stack;
    const front = {
      apis: stack.apis.map((api) => ({
        ...api,
        resources: resourcesOf(api.document),
        gateway: gatewayOf(api, backends, options),
      })),
      payload: { thresholdBytes, maxBytes: maxPayloadBytes },
      callers: localCallers(options.callers ?? SHARED_CALLER),
      onRefused: (refused: RefusedRequest) => onEvent({ kind: "refusal", ...refused }),
      onError: (error: unknown) => onEvent({ kind: "error", error }),
    };
    const { haproxy: program, port } = options;
    const door = await openFrontDoor({ ...front, port: program ? 0 : port });
    cleanup.add(() => door.close());
    const haproxy = program && (await openHaproxy({ ...front, program, port, apisUrl: door.url }));
    if (haproxy) cleanup.add(() => haproxy.stop());
    signal?.throwIfAborted();
    return {
      url: haproxy?.url ?? door.url,
      apisUrl: door.url,
      endpoint,
      invoke: (functionArn, event) => functionOf(functions, functionArn).invoke(event),
      stop: cleanup.run,
    };
  } catch (error) {
    await cleanup.run();
    signal?.throwIfAborted();
    throw error;
  }
}

/** How long invocations that run may go on when the stack is stopped. */
const graceMilliseconds = 3_000;

type Stop = () => Promise<void>;

/** What was started, to be stopped in reverse, once, and all of it. */
function createCleanup() {
  const stops: Stop[] = [];
  return {
    add(stop: Stop): void {
      stops.push(stop);
    },
    async run(): Promise<void> {
      const failures: unknown[] = [];
      for (let next = stops.pop(); next !== undefined; next = stops.pop()) {
        await next().catch((error: unknown) => failures.push(error));
      }
      if (failures.length > 0) throw new AggregateError(failures, "Not everything could be stopped.");
    },
  };
}

type Cleanup = ReturnType<typeof createCleanup>;

async function startServices(options: RunStackOptions, cleanup: Cleanup): Promise<string> {
  const { stack, onEvent } = options;
  const embedded =
    options.endpoint === undefined
      ? await startEmbeddedAws({
          region: stack.region,
          accountId: stack.accountId,
          faults: options.faults,
          ...(options.deliveriesPerEvent && { deliveriesPerEvent: options.deliveriesPerEvent }),
          onNotification: (bucket, key, queueArn) => onEvent({ kind: "notification", bucket, key, queueArn }),
          onError: (error) => onEvent({ kind: "error", error }),
        })
      : undefined;
  if (embedded) cleanup.add(() => embedded.stop());
  const endpoint = embedded?.endpoint ?? options.endpoint ?? "";
  if (!embedded) await expectAnswer(endpoint, options.signal);
  if (options.provisioned) return endpoint;
  const clients = createClients(stack.region, endpoint);
  try {
    await provision(stack, clients);
    if (embedded) await embedded.configureNotifications(stack.notifications);
    else await putNotifications(stack.notifications, clients);
  } finally {
    clients.destroy();
  }
  return endpoint;
}

/** Any answer will do: it only has to be one of HTTP. */
async function expectAnswer(endpoint: string, signal?: AbortSignal): Promise<void> {
  const fault = (problem: string, cause?: unknown) =>
    new UserError(`AWS_ENDPOINT_URL is "${endpoint}": ${problem}`, { cause });
  if (!URL.canParse(endpoint) || new URL(endpoint).protocol !== "http:") {
    throw fault("it must be an http URL of AWS services, such as http://127.0.0.1:4566.");
  }
  const http = createHttpClient(endpoint);
  try {
    await http.send(
      { method: "GET", target: "/", headers: [], body: Buffer.alloc(0) },
      AbortSignal.any([AbortSignal.timeout(10_000), ...(signal ? [signal] : [])]),
    );
  } catch (error) {
    throw fault(`no service answers there (${error}). Start it first, or unset the variable.`, error);
  } finally {
    http.close();
  }
}

type Functions = ReadonlyMap<string, RunningFunction>;

async function startFunctions(
  { stack, onEvent }: RunStackOptions,
  endpoint: string,
  cleanup: Cleanup,
): Promise<Functions> {
  const functions = new Map<string, RunningFunction>();
  const queueUrls = await localQueueUrls(stack, endpoint);
  for (const description of stack.functions) {
    const running = await startFunction({
      ...description,
      variables: Object.fromEntries(
        Object.entries(description.variables).map(([name, value]) => [name, queueUrls.get(value) ?? value]),
      ),
      region: stack.region,
      extraVariables: serviceVariables(endpoint),
      onLogLine: (line) => onEvent({ kind: "log", functionName: description.functionName, line }),
    });
    cleanup.add(() => running.stop());
    functions.set(description.arn, {
      ...running,
      async invoke(event) {
        const started = performance.now();
        const result = await running.invoke(event);
        onEvent({
          kind: "invocation",
          functionName: description.functionName,
          durationMs: performance.now() - started,
          maxMemoryBytes: running.maxMemoryBytes(),
          errorType: result.kind === "failed" ? result.errorType : undefined,
        });
        return result;
      },
    });
  }
  return functions;
}

/** By the URL of each queue on AWS: the SDK sends to the queue that a URL names, wherever AWS_ENDPOINT_URL says that AWS is. */
export async function localQueueUrls(
  stack: StackDescription,
  endpoint: string,
): Promise<Map<string, string>> {
  const clients = createClients(stack.region, endpoint);
  try {
    return new Map(
      await Promise.all(
        stack.queues.map(async ({ url, arn }) => [url, await queueUrlOf(clients.sqs, arn)] as const),
      ),
    );
  } finally {
    clients.destroy();
  }
}

/** Beside the variables of the stack: where AWS is, and as whom to call it. */
function serviceVariables(endpoint: string): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken } = localCredentials();
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken && { AWS_SESSION_TOKEN: sessionToken }),
  };
}

/** Some, such as moto, go on with the poll of a mapping that was stopped, and its message would be hidden from the next one. */
const LONG_POLL_ELSEWHERE_SECONDS = 2;

async function startMappings(
  { stack, onEvent, endpoint: given }: RunStackOptions,
  endpoint: string,
  functions: Functions,
  cleanup: Cleanup,
): Promise<void> {
  for (const mapping of stack.eventSourceMappings) {
    const running = functionOf(functions, mapping.functionArn);
    const clients = createClients(stack.region, endpoint);
    cleanup.add(async () => clients.destroy());
    const queue = createSqsQueue({
      client: clients.sqs,
      queueUrl: await queueUrlOf(clients.sqs, mapping.queueArn),
      arn: mapping.queueArn,
    });
    const started = startEventSourceMapping({
      ...mapping,
      queue,
      invoke: (event) => running.invoke(event),
      clock: systemClock,
      region: stack.region,
      ...(given !== undefined && { longPollSeconds: LONG_POLL_ELSEWHERE_SECONDS }),
      onEvent: (event) => onEvent({ kind: "mapping", queueArn: mapping.queueArn, event }),
    });
    // What runs longer ends with its function, which is stopped next.
    cleanup.add(() => Promise.race([started.stop(), sleep(graceMilliseconds, undefined, { ref: false })]));
  }
}

function startSchedules({ stack, onEvent }: RunStackOptions, functions: Functions, cleanup: Cleanup): void {
  for (const { functionArn, everyMilliseconds } of stack.schedules) {
    const scheduled = functionOf(functions, functionArn);
    const invoke = async () => {
      const result = await scheduled.invoke({ source: "aws.events", "detail-type": "Scheduled Event" });
      if (result.kind === "failed") {
        onEvent({
          kind: "error",
          error: new Error(`${functionArn}: ${result.errorType}: ${result.errorMessage}`),
        });
      }
    };
    const timer = setInterval(() => void invoke(), everyMilliseconds);
    cleanup.add(async () => clearInterval(timer));
  }
}

function functionOf(functions: Functions, named: string): RunningFunction {
  const found = functions.get(findFunction(functions.keys(), named) ?? "");
  if (found === undefined) throw new Error(`The stack has no function ${named}.`);
  return found;
}

function gatewayOf(api: ApiDescription, backends: Backends, options: RunStackOptions) {
  return createApiGateway({
    ...gatewayOptions(api, options.stack, backends, options),
    onAnswer: (answer) => options.onEvent({ kind: "request", api: api.name, ...answer }),
  });
}
