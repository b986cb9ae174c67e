import type * as z from "zod";
import { LARGE_API, SMALL_API } from "../contract/api-paths.ts";
import {
  MEBIBYTE,
  MEMORY_PER_PAYLOAD_BYTE,
  RUNTIME_MEMORY_MB,
  SYNCHRONOUS_MAX_ESCAPED_BYTES,
} from "../contract/limits.ts";
import { LARGEST_NETWORK_BITS } from "./field-types.ts";
import type { environmentFields } from "./fields.ts";
import { namedRoles } from "./named-roles.ts";

export type Fields = z.infer<typeof environmentFields>;

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

/** Each that has the name of an earlier one, with the first of that name. */
function duplicates<Named extends { readonly name: string }>(all: readonly Named[]): [Named, Named][] {
  return all.flatMap((each): [Named, Named][] => {
    const first = all.find(({ name }) => name === each.name);
    return first === undefined || first === each ? [] : [[each, first]];
  });
}

/** What must hold between fields. A rule runs when the fields it needs are valid by themselves. */
export const environmentRules: Rule[] = [
  {
    path: ["apis"],
    needs: ["apis"],
    broken: ({ apis }) =>
      duplicates(apis).map(([again, first]) => ({
        path: ["apis", apis.indexOf(again), "name"],
        message: `must not be the name of apis[${apis.indexOf(first)}] too: give each API its own`,
      })),
  },
  {
    path: ["buckets", "documents", "name"],
    needs: ["buckets"],
    broken: ({ buckets }) =>
      buckets.intake.name === buckets.documents.name
        ? "must not be buckets.intake.name: the intake bucket is a queue whose objects are deleted"
        : undefined,
  },
  {
    path: ["buckets"],
    needs: ["buckets"],
    broken: ({ buckets }) =>
      Object.entries(buckets)
        .filter(([, { kind, name }]) => kind === "managed" && name.endsWith("-an"))
        .map(([part]) => ({
          path: ["buckets", part, "name"],
          message:
            'must not end with "-an": S3 keeps such names for buckets in an account\'s own namespace, and the stack creates none there',
        })),
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
    path: ["roles"],
    needs: ["roles", "alerts", "backend", "delivery"],
    broken: (environment) =>
      duplicates(namedRoles(environment)).map(([again, first]) => ({
        path: again.path,
        message: `must not be the role of ${first.path.join(".")} too: each role has only the rights of its own task`,
      })),
  },
  {
    path: ["vpcEndpoint", "allowedCidrBlocks"],
    needs: ["vpcEndpoint"],
    broken: ({ vpcEndpoint }) => {
      if (vpcEndpoint.kind === "existing" || vpcEndpoint.allowEverybody) return undefined;
      return vpcEndpoint.allowedCidrBlocks.flatMap((block, index) =>
        Number(block.split("/")[1]) < LARGEST_NETWORK_BITS
          ? [
              {
                path: ["vpcEndpoint", "allowedCidrBlocks", index],
                message: `must not be larger than /${LARGEST_NETWORK_BITS}: name the networks of the proxy, or say allowEverybody: true beside allowedCidrBlocks`,
              },
            ]
          : [],
      );
    },
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
    path: ["delivery", "tokenSecretNames", "plan"],
    needs: ["delivery"],
    broken: ({ delivery }) =>
      delivery.kind === "codebuild" && delivery.tokenSecretNames.plan === delivery.tokenSecretNames.release
        ? "must not be the secret of delivery.tokenSecretNames.release: what plans pull requests must not be able to release"
        : undefined,
  },
  {
    path: ["payload", "thresholdBytes"],
    needs: ["payload"],
    broken: ({ payload }) =>
      payload.thresholdBytes < payload.maxBytes
        ? undefined
        : "must be below payload.maxBytes: what lies between the two takes the large path",
  },
  {
    path: ["payload", "thresholdBytes"],
    needs: ["payload"],
    broken: ({ payload: { thresholdBytes, escapingFactor } }) => {
      const most = Math.floor(SYNCHRONOUS_MAX_ESCAPED_BYTES / escapingFactor);
      return thresholdBytes <= most
        ? undefined
        : `must be at most ${most}, so that a payload that grows ${escapingFactor} times by escaping (payload.escapingFactor) still fits into Lambda's event`;
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
  {
    path: ["proxy", "limits", "connectionsPerSource"],
    needs: ["proxy"],
    broken: ({ proxy }) =>
      proxy.kind === "haproxy" && proxy.limits.connectionsPerSource > proxy.limits.connections
        ? "must not be above proxy.limits.connections: one source holds no more than all"
        : undefined,
  },
  {
    path: ["queue", "deadLetterRetentionDays"],
    needs: ["queue"],
    broken: ({ queue }) =>
      queue.deadLetterRetentionDays > queue.retentionDays
        ? undefined
        : "must be longer than queue.retentionDays: a message keeps the time at which it first came",
  },
  {
    path: ["queue", "batchWindowSeconds"],
    needs: ["queue"],
    broken: ({ queue }) =>
      queue.batchSize > 10 && queue.batchWindowSeconds === 0
        ? "must be at least 1 when queue.batchSize is above 10 (a rule of Lambda)"
        : undefined,
  },
  {
    path: ["queue", "polling", "maximumPollers"],
    needs: ["queue"],
    broken: ({ queue: { polling } }) =>
      polling.kind === "provisioned" && polling.maximumPollers < polling.minimumPollers
        ? "must not be below queue.polling.minimumPollers: that many are always there"
        : undefined,
  },
  {
    path: ["retention", "intakeObjectDays"],
    needs: ["queue", "retention"],
    broken: ({ queue, retention }) => outlivesQueues(retention.intakeObjectDays, queue),
  },
  {
    path: ["retention", "submissionDays"],
    needs: ["queue", "retention"],
    broken: ({ queue, retention }) => outlivesQueues(retention.submissionDays, queue),
  },
  {
    path: ["retention", "submissionDays"],
    needs: ["retention"],
    broken: ({ retention }) =>
      retention.submissionDays >= retention.intakeObjectDays
        ? undefined
        : "must not be below retention.intakeObjectDays: a deletion must be remembered as long as an older payload may wait",
  },
  {
    path: ["functions", "api", "memoryMb"],
    needs: ["functions", "payload"],
    broken: ({ functions, payload }) => {
      const needed = requiredMemoryMb(1, payload.thresholdBytes);
      return functions.api.memoryMb >= needed
        ? undefined
        : `must be at least ${needed} to hold a payload of payload.thresholdBytes`;
    },
  },
  {
    path: ["functions", "queue", "memoryMb"],
    needs: ["queue", "functions", "payload"],
    broken: ({ queue, functions, payload }) => {
      const needed = requiredMemoryMb(queue.batchSize, payload.maxBytes);
      return functions.queue.memoryMb >= needed
        ? undefined
        : `must be at least ${needed} to hold queue.batchSize payloads of payload.maxBytes: raise it or lower queue.batchSize`;
    },
  },
  {
    path: ["encryption", "keyArn"],
    needs: ["encryption", "region"],
    broken: ({ encryption, region }) =>
      encryption.kind === "existing" && encryption.keyArn.split(":")[3] !== region
        ? `must be a key of ${region}: a key encrypts only in its own region`
        : undefined,
  },
];

function outlivesQueues(days: number, queue: Fields["queue"]): string | undefined {
  const queued = queue.retentionDays + queue.deadLetterRetentionDays;
  return days > queued
    ? undefined
    : `must be more than ${queued} days, so that it outlives both queues (queue.retentionDays + queue.deadLetterRetentionDays)`;
}

/** The least memory in MB for a function that holds `batchSize` payloads of `maxBytes`. */
export function requiredMemoryMb(batchSize: number, maxBytes: number): number {
  return RUNTIME_MEMORY_MB + Math.ceil((batchSize * maxBytes * MEMORY_PER_PAYLOAD_BYTE) / MEBIBYTE);
}
