// What Terraform Enterprise answers, as far as a release reads it. https://developer.hashicorp.com/terraform/enterprise/api-docs
import * as z from "zod";

/** A run as Terraform Enterprise tells of it. https://developer.hashicorp.com/terraform/enterprise/api-docs/run */
export interface Run {
  readonly id: string;
  readonly status: string;
  readonly message: string;
  /** A speculative plan, which is never applied. */
  readonly isPlanOnly: boolean;
  /** Whether it is applied without a confirmation. */
  readonly isAutoApplied: boolean;
  /** Whether somebody has to confirm it before it is applied. */
  readonly isConfirmable: boolean;
  readonly isCancelable: boolean;
  readonly isDiscardable: boolean;
  /** Whether whoever asks may apply it; undefined where the server does not say. */
  readonly mayApply: boolean | undefined;
  readonly configurationVersionId: string | undefined;
  readonly planId: string | undefined;
  readonly applyId: string | undefined;
}

const text = z.string();
const optionalText = text.nullish().transform((value) => value ?? undefined);
const flag = z
  .boolean()
  .nullish()
  .transform((value) => value === true);
const knownFlag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? undefined);
const count = z
  .number()
  .nullish()
  .transform((value) => value ?? 0);
const reference = z
  .object({ data: z.object({ id: text, type: text }).nullish() })
  .nullish()
  .transform((value) => value?.data ?? undefined);

/** The data of a JSON:API document. */
const dataOf = <Data>(data: z.ZodType<Data>): z.ZodType<Data> =>
  z
    .looseObject({})
    .transform((document) => document["data"])
    .pipe(data);

const run = z
  .object({
    id: text,
    attributes: z.object({
      status: text,
      message: optionalText,
      "plan-only": flag,
      "auto-apply": flag,
      actions: z
        .object({ "is-confirmable": flag, "is-cancelable": flag, "is-discardable": flag })
        .partial()
        .nullish(),
      permissions: z.object({ "can-apply": knownFlag }).partial().nullish(),
    }),
    relationships: z
      .object({ "configuration-version": reference, plan: reference, apply: reference })
      .partial()
      .nullish(),
  })
  .transform(({ id, attributes, relationships }): Run => {
    const { actions } = attributes;
    return {
      id,
      status: attributes.status,
      message: attributes.message ?? "",
      isPlanOnly: attributes["plan-only"],
      isAutoApplied: attributes["auto-apply"],
      isConfirmable: actions?.["is-confirmable"] === true,
      isCancelable: actions?.["is-cancelable"] === true,
      isDiscardable: actions?.["is-discardable"] === true,
      mayApply: attributes.permissions?.["can-apply"],
      configurationVersionId: relationships?.["configuration-version"]?.id,
      planId: relationships?.plan?.id,
      applyId: relationships?.apply?.id,
    };
  });

export const runDocument = dataOf(run);

export const runsDocument = z
  .object({
    data: z.array(run),
    meta: z.object({ pagination: z.object({ "next-page": z.number().nullish() }) }).nullish(),
  })
  .transform(({ data, meta }) => ({ runs: data, hasMore: Boolean(meta?.pagination["next-page"]) }));

/** A workspace as the owner of the token sees it. https://developer.hashicorp.com/terraform/enterprise/api-docs/workspaces */
export interface WorkspaceView {
  readonly id: string;
  readonly isLocked: boolean;
  /** Whether runs that the token's owner starts may be applied; undefined where the server does not say. */
  readonly mayApply: boolean | undefined;
}

export const workspaceDocument = dataOf(
  z
    .object({
      id: text,
      attributes: z
        .object({ locked: flag, permissions: z.object({ "can-queue-apply": knownFlag }).partial().nullish() })
        .partial()
        .nullish(),
      relationships: z.object({ "locked-by": reference }).partial().nullish(),
    })
    .transform(({ id, attributes, relationships }): WorkspaceView => {
      const lockedBy = relationships?.["locked-by"]?.type;
      return {
        id,
        // A run locks its workspace as well, for as long as it lasts.
        isLocked: attributes?.locked === true && lockedBy !== undefined && lockedBy !== "runs",
        mayApply: attributes?.permissions?.["can-queue-apply"],
      };
    }),
);

export const configurationVersionDocument = dataOf(
  z
    .object({
      id: text,
      attributes: z.object({ status: text, "upload-url": optionalText, "error-message": optionalText }),
    })
    .transform(({ id, attributes }) => ({
      id,
      status: attributes.status,
      uploadUrl: attributes["upload-url"],
      error: attributes["error-message"],
    })),
);

export const planDocument = dataOf(
  z
    .object({
      attributes: z.object({
        "resource-additions": count,
        "resource-changes": count,
        "resource-destructions": count,
        "log-read-url": optionalText,
      }),
    })
    .transform(({ attributes }) => ({
      additions: attributes["resource-additions"],
      changes: attributes["resource-changes"],
      destructions: attributes["resource-destructions"],
      logUrl: attributes["log-read-url"],
    })),
);

export const applyDocument = dataOf(
  z
    .object({ attributes: z.object({ "log-read-url": optionalText }) })
    .transform(({ attributes }) => attributes["log-read-url"]),
);

/** A policy or a task that did not pass. */
export interface Objection {
  readonly kind: "policy" | "task";
  readonly name: string;
  /** `soft-mandatory`, `mandatory` and the like; empty where it is not said. */
  readonly enforcement: string;
}

/** Of one kind of policy checks, whose inside no documentation promises: https://developer.hashicorp.com/terraform/enterprise/api-docs/policy-checks */
const sentinelPolicy = z
  .object({ result: z.unknown(), policy: z.unknown() })
  .transform(({ result, policy }) => {
    const { name, ...more } = z
      .looseObject({ name: text.catch("") })
      .catch({ name: "" })
      .parse(policy);
    const enforcement = more["enforcement-level"] ?? more["enforcementLevel"];
    return {
      passes: result === true,
      name: name || (typeof policy === "string" ? policy : "without a name"),
      enforcement: typeof enforcement === "string" ? enforcement : "",
    };
  });
const sentinelData = z.object({
  sentinel: z.object({
    data: z.record(z.string(), z.object({ policies: z.array(sentinelPolicy) })),
  }),
});

export const policyChecksDocument = dataOf(
  z.array(
    z
      .object({
        attributes: z.object({
          result: z.looseObject({ "hard-failed": count, "soft-failed": count }).nullish(),
        }),
      })
      .transform(({ attributes: { result } }): Objection[] => {
        const known = sentinelData.safeParse(result);
        const failed = known.success
          ? Object.values(known.data.sentinel.data)
              .flatMap(({ policies }) => policies)
              .filter(({ passes }) => !passes)
          : [];
        if (failed.length > 0) {
          return failed.map(({ name, enforcement }) => ({ kind: "policy", name, enforcement }));
        }
        // Their number is promised, their names are not.
        const counted = (enforcement: string, number = 0): Objection[] =>
          number === 0 ? [] : [{ kind: "policy", name: `(${number} without a name)`, enforcement }];
        return [
          ...counted("hard-mandatory", result?.["hard-failed"]),
          ...counted("soft-mandatory", result?.["soft-failed"]),
        ];
      }),
  ),
);

const references = z
  .object({ data: z.array(z.object({ id: text })).nullish() })
  .nullish()
  .transform((value) => value?.data?.map(({ id }) => id) ?? []);

export const taskStagesDocument = dataOf(
  z.array(
    z
      .object({
        relationships: z
          .object({ "policy-evaluations": references, "task-results": references })
          .partial()
          .nullish(),
      })
      .transform(({ relationships }) => ({
        evaluations: relationships?.["policy-evaluations"] ?? [],
        results: relationships?.["task-results"] ?? [],
      })),
  ),
);

export const policySetOutcomesDocument = dataOf(
  z.array(
    z
      .object({
        attributes: z.object({
          error: optionalText,
          "policy-set-name": optionalText,
          outcomes: z
            .array(z.object({ policy_name: text, status: text, enforcement_level: optionalText }))
            .nullish(),
        }),
      })
      .transform(({ attributes: { error, outcomes, ...set } }): Objection[] => {
        const failed = (outcomes ?? []).filter(({ status }) => status !== "passed");
        const objections = failed.map(
          (each): Objection => ({
            kind: "policy",
            name: each.policy_name,
            enforcement: each.enforcement_level ?? "",
          }),
        );
        // It is empty where nothing is wrong.
        if (!error) return objections;
        const name = `set ${set["policy-set-name"] ?? "without a name"}: ${error.slice(0, 500)}`;
        return [...objections, { kind: "policy", name, enforcement: "" }];
      }),
  ),
);

export const taskResultDocument = dataOf(
  z
    .object({
      attributes: z.object({
        status: text,
        "task-name": optionalText,
        "workspace-task-enforcement-level": optionalText,
      }),
    })
    .transform(({ attributes }): Objection[] =>
      ["passed", "running", "pending"].includes(attributes.status)
        ? []
        : [
            {
              kind: "task",
              name: attributes["task-name"] ?? "without a name",
              enforcement: attributes["workspace-task-enforcement-level"] ?? "",
            },
          ],
    ),
);

/** Why something was refused, in the server's words. */
export const errorsDocument = z
  .object({ errors: z.array(z.object({ detail: optionalText, title: optionalText })) })
  .transform(({ errors }) => errors.map(({ detail, title }) => detail ?? title ?? "").join("; "));
