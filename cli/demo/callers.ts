import { isDeepStrictEqual } from "node:util";
import { CALLER_HEADER, DOCUMENTS_PREFIX, SHARED_CALLER } from "../../contract/keys.ts";
import { domain } from "../../domain/domain.ts";
import { SHARED_PATH } from "../../domain/names.ts";
import type { Sample } from "../../domain/sample.ts";
import { documentPath } from "../../domain/stored-record.ts";
import { credentialOf } from "../local-callers.ts";
import type { Cast } from "./cast.ts";
import { type Answer, type Client, createClient, jsonOf, objectOf } from "./client.ts";
import { recordCheck } from "./record.ts";
import { createDemoSample } from "./sample.ts";
import { type Check, describe, duration, type Step, statusCheck } from "./step.ts";

const { noun } = domain;
const secondBytes = 100_000;
const [sameItem, otherItem] = ["small-1", "large-1"] as const;

/** What the first caller has sent, by item. */
type Sent = Readonly<Record<typeof sameItem | typeof otherItem, Sample>>;

/** Shows that a caller sees its own records alone, as far as the environment tells callers apart. */
export async function showCallers(url: string, { first, second }: Cast, sent: Sent): Promise<Step> {
  if (first === undefined) return showOneTenant(url);
  if (second === undefined) return showOneCaller(url, first);
  return showTwoCallers(url, { first, second }, sent);
}

async function showOneTenant(url: string): Promise<Step> {
  const liar = createClient(url, { [CALLER_HEADER]: "somebody-else" });
  const read = await liar.send("GET", `${SHARED_PATH}/${sameItem}`);
  return {
    title: "One tenant",
    way: [`not shown: two callers. In this environment, every request has the caller ${SHARED_CALLER}`],
    checks: [statusCheck(`the proxy ignores the header ${CALLER_HEADER} of a client`, 200, read)],
  };
}

async function showOneCaller(url: string, caller: string): Promise<Step> {
  return {
    title: "One caller",
    way: [`not shown: two callers. In this environment, only ${caller} may read and write`],
    checks: await refusalChecks(url),
  };
}

async function showTwoCallers(
  url: string,
  names: Readonly<Record<"first" | "second", string>>,
  sent: Sent,
): Promise<Step> {
  const [first, second] = [
    createClient(url, credentialOf(names.first)),
    createClient(url, credentialOf(names.second)),
  ];
  const sample = createDemoSample("second", secondBytes);
  const created = await second.send("POST", `${SHARED_PATH}/${sameItem}`, sample.body);
  return {
    title: `Two callers, each with a ${noun} of the same id`,
    way: [
      `client ${names.second} ─► proxy, which sets ${CALLER_HEADER} ─► API ─► function api   ${duration(created)}`,
      `documents bucket: ${DOCUMENTS_PREFIX}${names.first}/${sameItem}/…, ${DOCUMENTS_PREFIX}${names.second}/${sameItem}/…`,
    ],
    checks: [
      statusCheck(`${names.second} creates its ${noun}`, 201, created),
      ...(await ownRecordChecks(sameItem, [
        [names.first, first, sent[sameItem]],
        [names.second, second, sample],
      ])),
      ...(await hiddenChecks(second, names, sent[otherItem])),
      ...(await deletionChecks(first, second, names, sent[sameItem])),
      ...(await refusalChecks(url)),
    ],
  };
}

async function ownRecordChecks(
  item: string,
  callers: readonly (readonly [name: string, client: Client, sample: Sample])[],
): Promise<Check[]> {
  const checks: Check[] = [];
  for (const [name, client, sample] of callers) {
    const read = await client.send("GET", `${SHARED_PATH}/${item}`);
    checks.push(recordCheck(item, sample, read, `${name} reads its own ${noun}`));
  }
  return checks;
}

/** Of an item that the first caller alone has sent, the second finds nothing. */
async function hiddenChecks(
  second: Client,
  names: Readonly<Record<"first" | "second", string>>,
  sample: Sample,
): Promise<Check[]> {
  const group = encodeURIComponent(String(domain.example[domain.listedBy]));
  const record = await second.send("GET", `${SHARED_PATH}/${otherItem}`);
  const listed = await second.send("GET", `${SHARED_PATH}?${domain.listedBy}=${group}`);
  return [
    statusCheck(`${names.second} cannot read another ${noun} of ${names.first}`, 404, record),
    ...(await notFoundChecks(second, otherItem, sample, (file) => `${names.second} cannot read its ${file}`)),
    {
      expected: `the list of ${names.second} has only its own ${noun}`,
      passed: isDeepStrictEqual(listedItems(listed), [sameItem]),
      got: describe(listed),
    },
  ];
}

/** Of each document of an item. */
async function notFoundChecks(
  client: Client,
  item: string,
  { files }: Sample,
  expected: (file: string) => string,
): Promise<Check[]> {
  const checks: Check[] = [];
  for (const { path, sha256 } of files) {
    const document = await client.send("GET", documentPath(item, sha256));
    checks.push(statusCheck(expected(path.join(".")), 404, document));
  }
  return checks;
}

function listedItems(answer: Answer): unknown[] {
  const { items } = jsonOf(answer);
  return Array.isArray(items) ? items.map((item: unknown) => objectOf(item)[domain.key]) : [];
}

async function deletionChecks(
  first: Client,
  second: Client,
  names: Readonly<Record<"first" | "second", string>>,
  sample: Sample,
): Promise<Check[]> {
  const path = `${SHARED_PATH}/${sameItem}`;
  const deleted = await first.send("DELETE", path);
  const left = await second.send("GET", path);
  return [
    statusCheck(`${names.first} deletes its ${noun}`, 204, deleted),
    ...(await notFoundChecks(first, sameItem, sample, (file) => `its ${file} is deleted too`)),
    statusCheck(`the ${noun} of ${names.second} is still there`, 200, left),
  ];
}

async function refusalChecks(url: string): Promise<Check[]> {
  const path = `${SHARED_PATH}/${sameItem}`;
  // No caller of a list can have this name.
  const stranger = await createClient(url, credentialOf(SHARED_CALLER)).send("GET", path);
  const nobody = await createClient(url).send("GET", path);
  return [
    statusCheck("a caller that is not listed is refused", 403, stranger),
    statusCheck("a request without a caller is refused", 401, nobody),
  ];
}
