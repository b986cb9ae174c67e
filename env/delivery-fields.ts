import * as z from "zod";
import { bootstrapBackend } from "./backend-fields.ts";
import { name, named, roleName } from "./field-types.ts";

const environmentName = name(/^[a-z][a-z0-9]{1,15}$/, "must be the name of an environment");
const secretName = name(/^[\w/+=.@-]{1,512}$/, "must be the name of a secret in Secrets Manager, not an ARN");
const isUnique = (names: readonly string[]) => new Set(names).size === names.length;

/** Whether this environment's account builds, and what it releases. */
export const delivery = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ kind: z.literal("none") }),
    z.strictObject({
      kind: z.literal("codebuild"),
      /** Of the stack `delivery-<environment>`. */
      backend: bootstrapBackend,
      repository: name(/^[\w.-]{1,100}\/[\w.-]{1,100}$/, "must be owner/name of a GitHub repository"),
      branch: name(/^[\w./-]{1,200}$/, "must be the name of the branch that is released"),
      /** To GitHub; somebody has authorized it once in the console. */
      connectionArn: name(
        /^arn:aws[a-z-]*:(codeconnections|codestar-connections):[a-z0-9-]+:\d{12}:connection\/[0-9a-f-]{36}$/,
        "must be the ARN of a connection",
      ),
      /**
       * GitHub's numbers of those who start a build here by opening a pull request or pushing to one:
       * https://api.github.com/users/<name>. What they start can read the repository with the connection's token: name
       * nobody who may not push to it.
       */
      trustedActorIds: z
        .array(name(/^\d{1,20}$/, "must be the number of a GitHub account, as a string"))
        .min(1, "needs at least one account")
        .max(50, "must be at most 50 accounts"),
      /**
       * Secrets of Terraform Enterprise's tokens, { "token": "…" }: of a team that releases, and of one that may only plan
       * the environments in `plans`.
       */
      tokenSecretNames: z.strictObject({ release: secretName, plan: secretName }),
      /** Environments in the order of promotion: each gets what the one before has applied. */
      releases: z
        .array(environmentName)
        .min(1, "needs at least one environment")
        .max(10, "must be at most 10 environments")
        .refine(isUnique, "must not name an environment twice"),
      /** Environments that pull requests are planned for, by a speculative run; none whose runs are confirmed. */
      plans: z
        .array(environmentName)
        .max(10, "must be at most 10 environments")
        .refine(isUnique, "must not name an environment twice"),
      roles: z.strictObject({
        check: named(roleName),
        plan: named(roleName),
        release: named(roleName),
        /** With which EventBridge starts the plans. */
        planStarter: named(roleName),
      }),
    }),
  ],
  'must have kind "none" or "codebuild"',
);
