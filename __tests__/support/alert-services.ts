import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { closeServer, listenOnLoopback } from "../../emulator/loopback-server.ts";

/** What an alert service does with the next request: take it as documented, or something else. */
export type Behaviour =
  | "as-documented"
  | { readonly status: number; readonly retryAfter?: string }
  | "silent";

// biome-ignore lint/suspicious/noExplicitAny: JSON that the tests know the shape of
type Json = any;

interface AlertService {
  readonly url: string;
  /** The bodies that it took, in order. */
  readonly taken: Json[];
  /** How many requests there were, taken or not. */
  requests(): number;
  /** What it does with each of the next requests; behind them it behaves as documented. */
  behave(...next: Behaviour[]): void;
}

type Check = (request: IncomingMessage, body: Json) => { readonly status: number; readonly answer: Json };

/** Servers on free loopback ports that stand for what the notifier calls. */
export async function startAlertServices() {
  const stops: (() => Promise<void>)[] = [];
  const start = async (check: Check): Promise<AlertService> => {
    const taken: Json[] = [];
    const queued: Behaviour[] = [];
    let requests = 0;
    const url = await listen(stops, async (request, response) => {
      const body = JSON.parse(await readText(request));
      requests += 1;
      const behaviour = queued.shift() ?? "as-documented";
      if (behaviour === "silent") return;
      if (behaviour !== "as-documented") {
        const headers = behaviour.retryAfter === undefined ? {} : { "retry-after": behaviour.retryAfter };
        response.writeHead(behaviour.status, headers).end("{}");
        return;
      }
      const { status, answer } = check(request, body);
      if (status < 300) taken.push(body);
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
    });
    return {
      url,
      taken,
      requests: () => requests,
      behave: (...next) => void queued.splice(0, queued.length, ...next),
    };
  };
  const secrets = new Map<string, string>();
  const secretReads: string[] = [];
  const secretsUrl = await listen(stops, async (request, response) => {
    const { SecretId } = JSON.parse(await readText(request));
    secretReads.push(SecretId);
    const SecretString = secrets.get(SecretId);
    const isKnown =
      request.headers["x-amz-target"] === "secretsmanager.GetSecretValue" && SecretString !== undefined;
    response.writeHead(isKnown ? 200 : 400, { "content-type": "application/x-amz-json-1.1" });
    response.end(
      JSON.stringify(isKnown ? { ARN: SecretId, SecretString } : { __type: "ResourceNotFoundException" }),
    );
  });
  return {
    pagerDuty: await start(checkPagerDuty),
    serviceNow: await start(checkServiceNow),
    /** Secrets Manager: values by ARN, and whose were read. */
    secretsManager: { url: secretsUrl, secrets, reads: secretReads },
    async stop() {
      await Promise.all(stops.map((stop) => stop()));
    },
  };
}

export const routingKey = "R0123456789ABCDEFGHIJKLMNOPQRSTU".slice(0, 32);
export const serviceNowUser = { username: "cloudwatch", password: 'p"w:ß' };

/** https://developer.pagerduty.com/docs/send-alert-event */
function checkPagerDuty({ method, url }: IncomingMessage, body: Json) {
  const invalid = (message: string) => ({ status: 400, answer: { status: "invalid event", message } });
  if (method !== "POST" || url !== "/v2/enqueue") return { status: 404, answer: {} };
  if (body.routing_key !== routingKey) return invalid("routing_key");
  if (!["trigger", "acknowledge", "resolve"].includes(body.event_action)) return invalid("event_action");
  if (typeof body.dedup_key !== "string" || body.dedup_key.length > 255) return invalid("dedup_key");
  if (body.event_action === "trigger") {
    const { summary, source, severity, timestamp } = body.payload ?? {};
    if (typeof summary !== "string" || summary.length > 1024 || typeof source !== "string")
      return invalid("payload");
    if (!["critical", "error", "warning", "info"].includes(severity)) return invalid("severity");
    if (Number.isNaN(Date.parse(timestamp))) return invalid("timestamp");
  }
  return {
    status: 202,
    answer: { status: "success", message: "Event processed", dedup_key: body.dedup_key },
  };
}

/** The table em_event by ServiceNow's table API, with basic authentication. */
function checkServiceNow({ method, url, headers }: IncomingMessage, body: Json) {
  const expected = Buffer.from(`${serviceNowUser.username}:${serviceNowUser.password}`).toString("base64");
  if (method !== "POST" || url !== "/api/now/table/em_event") return { status: 404, answer: {} };
  if (headers.authorization !== `Basic ${expected}`) return { status: 401, answer: { error: {} } };
  const texts = [
    "source",
    "node",
    "type",
    "resource",
    "message_key",
    "severity",
    "description",
    "additional_info",
  ];
  const isWhole = texts.every((name) => typeof body[name] === "string");
  const isTime = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(body.time_of_event);
  if (!isWhole || !isTime || !/^[0-5]$/.test(body.severity)) return { status: 400, answer: { error: {} } };
  JSON.parse(body.additional_info);
  return { status: 201, answer: { result: { sys_id: "1", ...body } } };
}

async function listen(
  stops: (() => Promise<void>)[],
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<string> {
  const server = createServer((request, response) => void answer(request, response));
  const url = await listenOnLoopback(server);
  stops.push(() => closeServer(server));
  return url;
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
