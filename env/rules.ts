import type * as z from "zod";
import { SHARED_CALLER } from "../contract/keys.ts";
import {
  MEBIBYTE,
  MEMORY_PER_PAYLOAD_BYTE,
  RUNTIME_MEMORY_MB,
  SYNCHRONOUS_MAX_ESCAPED_BYTES,
} from "../contract/limits.ts";
import { LARGE_API, SMALL_API } from "../domain/names.ts";
import { overlap } from "./field-types.ts";
import type { environmentFields } from "./fields.ts";
import { type Formula, fieldsOf, problemOf } from "./formulas.ts";
import { ROLE_PATHS } from "./named-roles.ts";

export type Fields = z.output<typeof environmentFields>;

interface Problem {
  readonly path: (string | number)[];
  readonly message: string;
}

export interface Rule {
  /** Where a problem is reported that does not say that itself. */
  readonly path: (string | number)[];
  readonly needs: (keyof Fields)[];
  /**
   * What is wrong and what to do, or undefined where the rule holds. The values of the field, and of those that the text
   * names by their paths, are added to it.
   */
  readonly broken: (environment: Fields) => string | readonly Problem[] | undefined;
}

const holdsPayloads = (bytes: string) =>
  `${RUNTIME_MEMORY_MB} + ceil(${bytes} * ${MEMORY_PER_PAYLOAD_BYTE} / ${MEBIBYTE})`;
const PAYLOADS =
  "the runtime takes its part, and a payload several times its size while it is read and stored";
const QUEUES = "it has to outlive both queues";
/** By formula: why. */
const BETWEEN_FIELDS: Readonly<Record<string, string>> = {
  "payload.thresholdBytes < payload.maxBytes": "what is larger takes the large path",
  [`payload.thresholdBytes <= ${SYNCHRONOUS_MAX_ESCAPED_BYTES} / payload.escapingFactor`]:
    "a payload that grows by escaping still has to fit into Lambda's event",
  [`functions.api.memoryMb >= ${holdsPayloads("payload.thresholdBytes")}`]: PAYLOADS,
  [`functions.queue.memoryMb >= ${holdsPayloads("queue.batchSize * payload.maxBytes")}`]: PAYLOADS,
  "queue.deadLetterRetentionDays > queue.retentionDays": "a message keeps its first enqueue time there",
  "queue.batchSize <= 10 || queue.batchWindowSeconds >= 1": "a rule of Lambda",
  "queue.polling.maximumPollers >= queue.polling.minimumPollers": "so many are always ready",
  "retention.intakeObjectDays > queue.retentionDays + queue.deadLetterRetentionDays": QUEUES,
  "retention.submissionDays > queue.retentionDays + queue.deadLetterRetentionDays": QUEUES,
  // An object expires at the midnight after its days, and goes some time later: https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
  "retention.submissionDays >= retention.intakeObjectDays + 2":
    "a deletion must be remembered as long as an older payload may wait, and S3 expires it up to two days later",
  "proxy.limits.connectionsPerSource <= proxy.limits.connections": "one source has a part of all",
  "buckets.documents.name is none of buckets.intake.name":
    "the intake bucket is a queue whose objects are deleted",
  "delivery.tokenSecretNames.plan is none of delivery.tokenSecretNames.release":
    "what plans pull requests must not be able to release",
  "encryption.keyArn is a key of region": "a key encrypts only in its own region",
  // Terraform allows no circle of validations: each is compared with those before it.
  ...Object.fromEntries(
    ROLE_PATHS.slice(1).map((role, index) => [
      `${role} is another role than ${ROLE_PATHS.slice(0, index + 1).join(", ")}`,
      "each role has only the rights of its own task",
    ]),
  ),
};

export const formulas: readonly Formula[] = Object.entries(BETWEEN_FIELDS).map(([formula, because]) => ({
  formula,
  because,
}));

type Haproxy = Extract<Fields["proxy"], { kind: "haproxy" }>;
type Caller = Exclude<Haproxy["callers"], typeof SHARED_CALLER>[number];

const callersOf = ({ proxy }: Fields): readonly Caller[] =>
  proxy.kind === "haproxy" && proxy.callers !== SHARED_CALLER ? proxy.callers : [];

/** What each credential says, with its place. */
const credentialsOf = (environment: Fields) =>
  callersOf(environment).flatMap(({ credentials }, index) =>
    credentials.map((credential, position) => ({
      credential,
      caller: `callers[${index}]`,
      path: ["proxy", "callers", index, "credentials", position],
    })),
  );

const CREDENTIALS: Readonly<Record<Haproxy["authentication"]["kind"], readonly string[]>> = {
  jwt: ["subject"],
  "mutual-tls": ["certificate", "certificate-name"],
};

/** Of a network that the stack creates: in its first half are the endpoint's subnets, the rest is free. */
function firstHalf(cidrBlock: string): string {
  const [address, bits] = cidrBlock.split("/");
  return `${address}/${Number(bits) + 1}`;
}

const addressRule: Rule = {
  path: ["proxy", "addresses"],
  needs: ["proxy", "vpcEndpoint"],
  broken: ({ proxy: { addresses }, vpcEndpoint }) => {
    if (addresses === "any" || vpcEndpoint.kind !== "managed" || vpcEndpoint.network.kind !== "managed")
      return undefined;
    const taken = firstHalf(vpcEndpoint.network.cidrBlock);
    const message = `must not hold an address of ${taken}, which the endpoint's own subnets are cut from: name the proxy's subnets alone, for instance in the second half of vpcEndpoint.network.cidrBlock`;
    return addresses.flatMap((block, index) =>
      overlap(block, taken) ? [{ path: ["proxy", "addresses", index], message }] : [],
    );
  },
};

const callerRules: readonly Rule[] = [
  {
    path: ["proxy", "callers"],
    needs: ["proxy"],
    broken: (environment) => {
      const names = callersOf(environment).map(({ name }) => name);
      return names.flatMap((name, index) => {
        const first = names.indexOf(name);
        const message = `must not be the name of callers[${first}] too: each caller owns its records`;
        return first === index ? [] : [{ path: ["proxy", "callers", index, "name"], message }];
      });
    },
  },
  {
    path: ["proxy", "callers"],
    needs: ["proxy"],
    broken: (environment) => {
      const all = credentialsOf(environment).map((each) => ({
        ...each,
        text: JSON.stringify(each.credential),
      }));
      return all.flatMap(({ path, text }, index) => {
        const first = all.find((other) => other.text === text);
        const message = `must not be a credential of ${first?.caller} too: it tells one caller from all others`;
        return first === all[index] ? [] : [{ path, message }];
      });
    },
  },
  {
    path: ["proxy", "callers"],
    needs: ["proxy"],
    broken: (environment) => {
      if (environment.proxy.kind !== "haproxy") return undefined;
      const { kind } = environment.proxy.authentication;
      const known = CREDENTIALS[kind];
      const message = `must be ${known.map((each) => `"${each}"`).join(" or ")}: the proxy knows callers by proxy.authentication.kind`;
      return credentialsOf(environment).flatMap(({ credential, path }) =>
        known.includes(credential.kind) ? [] : [{ path: [...path, "kind"], message }],
      );
    },
  },
  {
    path: ["proxy", "callers"],
    needs: ["proxy"],
    broken: (environment) => {
      if (environment.proxy.kind !== "haproxy") return undefined;
      const all = environment.proxy.limits.connections;
      const message = "must be at most proxy.limits.connections: one caller has a part of all";
      return callersOf(environment).flatMap(({ limits }, index) =>
        limits.connections <= all
          ? []
          : [{ path: ["proxy", "callers", index, "limits", "connections"], message }],
      );
    },
  },
];

/** What must hold between fields. A rule runs when the fields it needs are valid by themselves. */
export const environmentRules: Rule[] = [
  {
    path: ["apis"],
    needs: ["apis"],
    broken: ({ apis }) =>
      apis.flatMap(({ name }, index) => {
        const first = apis.findIndex((other) => other.name === name);
        const message = `must not be the name of apis[${first}] too: give each API its own`;
        return first === index ? [] : [{ path: ["apis", index, "name"], message }];
      }),
  },
  {
    path: ["alerts", "emails"],
    needs: ["alerts"],
    broken: ({ alerts }) =>
      alerts.kind === "routed" && alerts.emails.length === 0
        ? "needs an e-mail address: it is told when the notifier fails. Without any route, say kind none"
        : undefined,
  },
  {
    path: ["backend", "managed", "planTeam"],
    needs: ["backend"],
    broken: ({ backend }) => {
      if (backend.kind !== "tfe" || backend.managed?.planTeam === undefined) return undefined;
      if (backend.apply === "confirmed") {
        return "must not be there: pull requests never run with credentials of an environment whose releases somebody confirms";
      }
      return backend.managed.planTeam === backend.managed.team
        ? "must be another team than the one that releases: what plans pull requests must not be able to"
        : undefined;
    },
  },
  {
    path: ["proxy"],
    needs: ["proxy", "apis"],
    broken: ({ apis }) => {
      const missing = [SMALL_API, LARGE_API].filter((each) => !apis.some(({ name }) => name === each));
      return missing.length > 0
        ? `needs the APIs ${SMALL_API} and ${LARGE_API} to choose between: ${missing.join(" and ")} must be in apis`
        : undefined;
    },
  },
  addressRule,
  ...callerRules,
  ...formulas.map((formula): Rule => {
    const fields = fieldsOf(formula);
    return {
      path: fields[0]?.split(".") ?? [],
      needs: [...new Set(fields.map((field) => field.split(".")[0] as keyof Fields))],
      broken: (environment) => problemOf(formula, environment),
    };
  }),
];
