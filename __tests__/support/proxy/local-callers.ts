import { afterAll, beforeAll, expect, it } from "vitest";
import { CALLER_HEADER, SHARED_CALLER } from "../../../contract/keys.ts";
import { LARGE_API, SHARED_PATH, SMALL_API } from "../../../domain/names.ts";
import type { ApiRequest } from "../../../emulator/api-gateway/messages.ts";
import { openFrontDoor, type RefusedRequest, type ServedApi } from "../../../emulator/front-door.ts";
import { openHaproxy } from "../../../emulator/haproxy.ts";
import { type Callers, localCallers } from "../../../proxy/callers.ts";
import type { HaproxyProgram } from "../../../proxy/haproxy-process.ts";
import { localRefusals, problemContentType, problemDocument, refusalsFor } from "../../../proxy/refusals.ts";
import type { RefusalName } from "../../../proxy/routing.ts";
import { until } from "../until.ts";
import { limits } from "./edges.ts";
import { headerOf, openConnection } from "./raw-http.ts";
import { everyMethodAt } from "./resources.ts";

const callerLimits = { requestsPerSecond: 1000, connections: 100, bytesPerSecond: 1_000_000_000 };

/** Their credentials in production have nothing to do with their names. */
const callers: Callers = [
  {
    name: "all-three",
    credentials: [{ kind: "certificate", sha256: "0".repeat(64) }],
    may: ["read", "write", "delete"],
    limits: callerLimits,
  },
  {
    name: "Reader_1.x",
    credentials: [{ kind: "subject", subject: "a subject, with blanks" }],
    may: ["read"],
    limits: callerLimits,
  },
  {
    name: "writer",
    credentials: [{ kind: "certificate-name", issuer: "CN=a", subject: "CN=b" }],
    may: ["write"],
    limits: callerLimits,
  },
];

type Expected = { readonly caller: string } | { readonly refusal: RefusalName };
const caller = (name: string): Expected => ({ caller: name });
const refusal = (name: RefusalName): Expected => ({ refusal: name });
const bearer = (name: string) => `Authorization: Bearer ${name}`;
const item = `${SHARED_PATH}/p-1`;

/** Request line, header lines, and what becomes of it. */
const requests: readonly (readonly [string, readonly string[], Expected])[] = [
  [`GET ${item}`, [bearer("all-three")], caller("all-three")],
  [`POST ${item}`, [bearer("all-three")], caller("all-three")],
  [`DELETE ${item}`, [bearer("all-three")], caller("all-three")],
  [`GET ${item}`, ["authorization: bEARER   all-three"], caller("all-three")],
  [`GET ${item}`, ["Authorization: Bearer \tall-three"], refusal("unauthorized")],
  [`GET ${item}`, [bearer("\u00e4ll-three")], refusal("unauthorized")],
  [`GET ${item}`, [bearer("Reader_1.x")], caller("Reader_1.x")],
  [`HEAD ${item}`, [bearer("Reader_1.x")], caller("Reader_1.x")],
  [`OPTIONS ${item}`, [bearer("Reader_1.x")], caller("Reader_1.x")],
  [`POST ${item}`, [bearer("Reader_1.x")], refusal("forbidden")],
  [`PUT ${item}`, [bearer("Reader_1.x")], refusal("forbidden")],
  [`PATCH ${item}`, [bearer("Reader_1.x")], refusal("forbidden")],
  [`DELETE ${item}`, [bearer("Reader_1.x")], refusal("forbidden")],
  [`POST ${item}`, [bearer("writer")], caller("writer")],
  [`PUT ${item}`, [bearer("writer")], caller("writer")],
  [`PATCH ${item}`, [bearer("writer")], caller("writer")],
  [`GET ${item}`, [bearer("writer")], refusal("forbidden")],
  [`HEAD ${item}`, [bearer("writer")], refusal("forbidden")],
  [`DELETE ${item}`, [bearer("writer")], refusal("forbidden")],
  // Who is nobody.
  [`GET ${item}`, [], refusal("unauthorized")],
  [`POST ${item}`, [], refusal("unauthorized")],
  [`GET ${item}`, ["Authorization: Bearer"], refusal("unauthorized")],
  [`GET ${item}`, ["Authorization: Bearer "], refusal("unauthorized")],
  [`GET ${item}`, ["Authorization: Bearer\tall-three"], refusal("unauthorized")],
  [`GET ${item}`, ["Authorization: all-three"], refusal("unauthorized")],
  [`GET ${item}`, ["Authorization: Basic YWxsLXRocmVlOg=="], refusal("unauthorized")],
  [`GET ${item}`, [`${CALLER_HEADER}: all-three`], refusal("unauthorized")],
  [`GET ${item}?access_token=all-three`, [], refusal("unauthorized")],
  // Who is not listed.
  [`GET ${item}`, [bearer("stranger")], refusal("forbidden")],
  [`GET ${item}`, [bearer("ALL-THREE")], refusal("forbidden")],
  [`GET ${item}`, [bearer("all-three all-three")], refusal("unauthorized")],
  [`GET ${item}`, [bearer("all")], refusal("forbidden")],
  [`GET ${item}`, [bearer("#")], refusal("unauthorized")],
  [`GET ${item}`, [bearer(SHARED_CALLER)], refusal("forbidden")],
  [`GET ${item}`, [bearer("a subject, with blanks")], refusal("unauthorized")],
  [`GET ${item}`, [bearer("0".repeat(64))], refusal("forbidden")],
  // What a client says of itself beside it.
  [`GET ${item}`, [bearer("all-three"), `${CALLER_HEADER}: writer`], caller("all-three")],
  [`GET ${item}`, [`${CALLER_HEADER}: writer`, bearer("all-three")], caller("all-three")],
  [`GET ${item}`, [bearer("all-three"), "X-CALLER-ID: writer", "X-Caller-Id: a"], caller("all-three")],
  [`GET ${item}`, [bearer("all-three"), "x_caller_id: writer"], caller("all-three")],
  [`GET ${item}`, [bearer("all-three"), bearer("Reader_1.x")], refusal("unauthorized")],
  [`GET ${item}`, [`${bearer("all-three")}, Bearer Reader_1.x`], refusal("unauthorized")],
  [`GET ${item}`, ["Authorization: , Bearer all-three"], refusal("unauthorized")],
  [`GET ${item}`, ["Authorization:", bearer("all-three")], refusal("unauthorized")],
  [`GET ${item}`, [bearer("all-three"), bearer("all-three")], refusal("unauthorized")],
  [`GET ${item}`, ["Authorization: Basic YTpi", bearer("all-three")], refusal("unauthorized")],
  [`GET ${item}`, [`${bearer("all-three")},`], refusal("unauthorized")],
  [`GET ${item}`, ["Authorization: Bearerall-three"], refusal("unauthorized")],
  [`GET ${item}`, ["Authorization: Bearerx all-three"], refusal("unauthorized")],
  [`GET ${item}`, ["Authorization: Bearer Bearer all-three"], refusal("unauthorized")],
  [`GET ${item}`, ['Authorization: Bearer "all-three"'], refusal("unauthorized")],
  [`GET ${item}`, ["Authorization:   Bearer all-three \t"], caller("all-three")],
  ["CONNECT proxy.example.com:443", [bearer("writer"), bearer("writer")], refusal("unauthorized")],
  [`DELETE ${item}`, [bearer("Reader_1.x"), bearer("all-three")], refusal("unauthorized")],
  // The first reason counts: who, then whether it may, then what is wrong with the request.
  [`TRACE ${item}`, [], refusal("unauthorized")],
  [`TRACE ${item}`, [bearer("stranger")], refusal("forbidden")],
  [`TRACE ${item}`, [bearer("Reader_1.x")], refusal("method-not-allowed")],
  ["CONNECT proxy.example.com:443", [], refusal("unauthorized")],
  ["CONNECT proxy.example.com:443", [bearer("Reader_1.x")], refusal("target-not-allowed")],
  [`GET ${SHARED_PATH}/a%2Fb`, [], refusal("unauthorized")],
  [`GET ${SHARED_PATH}/a%2Fb`, [bearer("writer")], refusal("forbidden")],
  [`GET ${SHARED_PATH}/a%2Fb`, [bearer("Reader_1.x")], refusal("item-not-allowed")],
  // Other APIs are no way round.
  ["GET /reports/1", [], refusal("unauthorized")],
  ["GET /reports/1", [bearer("writer")], refusal("forbidden")],
  ["GET /reports/1", [bearer("Reader_1.x"), `${CALLER_HEADER}: writer`], caller("Reader_1.x")],
  ["GET /none", [bearer("stranger")], refusal("forbidden")],
];

/** Whom a request is taken for on one machine, whichever proxy stands there. */
export function itKnowsLocalCallers(findHaproxy: () => Promise<HaproxyProgram | undefined>): void {
  let doors: Awaited<ReturnType<typeof openDoors>>;
  beforeAll(async () => {
    doors = await openDoors(await findHaproxy(), callers);
  });
  afterAll(() => doors?.close());

  it.each(requests)("decides on %s with %j", async (line, headers, expected) => {
    doors.forget();
    const connection = await openConnection({ port: doors.port });
    await connection.write([`${line} HTTP/1.1`, "Host: proxy.example.com", ...headers, "", ""].join("\r\n"));
    const withoutBody = line.startsWith("HEAD ");
    const response = await connection.response({ withoutBody });
    connection.close();

    const told = doors.received.flatMap((request) =>
      request.headers.filter(([name]) => /^(x.caller.id|authorization)$/i.test(name)),
    );
    if ("caller" in expected) {
      expect(response?.status).toBe(200);
      expect(told.map(([name, value]) => [name.toLowerCase(), value])).toEqual([
        [CALLER_HEADER, expected.caller],
      ]);
      return;
    }
    const refused = { ...refusalsFor(limits), ...localRefusals(callers) }[expected.refusal];
    expect(doors.received).toEqual([]);
    expect(response?.status).toBe(refused.status);
    expect(response && headerOf(response, "content-type")).toBe(problemContentType);
    if (!withoutBody) expect(response?.body.toString()).toBe(problemDocument(refused));
  });

  it("reports a request of whoever may not, as any that no API answered", async () => {
    const path = `${SHARED_PATH}/reported`;
    const headers = { Authorization: "Bearer Reader_1.x" };

    await fetch(`http://127.0.0.1:${doors.port}${path}?a=b`, { method: "DELETE", headers });

    await until(() => expect(doors.refused).toContainEqual({ method: "DELETE", path, status: 403 }));
  });

  it("reports a refused CONNECT too, whose connection is of no use any more", async () => {
    const connection = await openConnection({ port: doors.port });
    await connection.write("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n");

    expect(await connection.response()).toMatchObject({ status: 401 });
    expect(await connection.response()).toBeUndefined();
    connection.close();
    await until(() => expect(doors.refused).toContainEqual(expect.objectContaining({ method: "CONNECT" })));
  });

  it("says to whoever is nobody what it takes to be somebody", async () => {
    const response = await fetch(`http://127.0.0.1:${doors.port}${item}`);

    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe("Bearer");
    expect(await response.json()).toMatchObject({
      detail: "Send the name of a caller as token: Authorization: Bearer all-three.",
    });
  });

  it("takes everybody for the one tenant where callers are not told apart, whatever they say", async () => {
    const shared = await openDoors(await findHaproxy(), SHARED_CALLER);
    const headers = { Authorization: "Bearer writer", [CALLER_HEADER]: "writer" };
    const statuses: number[] = [];
    for (const method of ["GET", "POST", "DELETE"]) {
      for (const said of [{}, headers]) {
        statuses.push(
          (await fetch(`http://127.0.0.1:${shared.port}${item}`, { method, headers: said })).status,
        );
      }
    }
    await shared.close();

    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(
      shared.received.map(({ headers: told }) =>
        told.filter(([name]) => name.toLowerCase() === CALLER_HEADER),
      ),
    ).toEqual(Array(6).fill([[CALLER_HEADER, SHARED_CALLER]]));
  });
}

/** The one URL of a machine, in front of APIs that keep what they get. */
export async function openDoors(program: HaproxyProgram | undefined, who: Callers) {
  const received: ApiRequest[] = [];
  const refused: RefusedRequest[] = [];
  const api = (name: string, paths: readonly string[]): ServedApi => ({
    name,
    paths,
    resources: everyMethodAt(paths),
    stageName: "v1",
    vpcEndpointId: undefined,
    gateway: async (request) => {
      received.push(request);
      return { status: 200, headers: [], body: Buffer.from(request.method === "HEAD" ? "" : "ok") };
    },
  });
  const options = {
    apis: [api(SMALL_API, [SHARED_PATH]), api(LARGE_API, [SHARED_PATH]), api("reports", ["/reports"])],
    payload: limits,
    callers: localCallers(who),
    port: 0,
    onRefused: (each: RefusedRequest) => refused.push(each),
    onError: (error: unknown) => {
      throw error;
    },
  };
  const door = await openFrontDoor(options);
  const haproxy = program && (await openHaproxy({ ...options, program, apisUrl: door.url }));
  return {
    port: Number(new URL(haproxy?.url ?? door.url).port),
    received,
    refused,
    forget(): void {
      received.length = 0;
    },
    async close(): Promise<void> {
      await haproxy?.stop();
      await door.close();
    },
  };
}
