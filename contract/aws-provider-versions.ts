/** The versions of the AWS provider that an environment can choose. */
export const AWS_PROVIDER_VERSIONS = ["~> 5.100", "~> 6.25"] as const;
export type AwsProviderVersion = (typeof AWS_PROVIDER_VERSIONS)[number];

/** A Lambda runtime, by its major version of Node.js. */
export type FunctionRuntime = `nodejs${number}.x`;

interface FollowsFromProvider {
  readonly nodeOfFunctions: number;
  /** What this project's tests do with it. */
  readonly tried: string;
}

/**
 * The consequences of a version: 5.100.0, the last version 5, refuses nodejs24.x. 6.19.0 accepts it.
 * https://github.com/hashicorp/terraform-provider-aws/issues/44986
 */
const FOLLOWS: Readonly<Record<AwsProviderVersion, FollowsFromProvider>> = {
  "~> 5.100": { nodeOfFunctions: 22, tried: "planned and applied by the tests" },
  "~> 6.25": { nodeOfFunctions: 24, tried: "typed and synthesized by the tests, not applied" },
};

export function functionRuntime(version: AwsProviderVersion): FunctionRuntime {
  return `nodejs${FOLLOWS[version].nodeOfFunctions}.x`;
}

/** One bundle runs in every environment, so it is built for the oldest runtime. */
export const OLDEST_NODE_OF_FUNCTIONS = Math.min(
  ...Object.values(FOLLOWS).map(({ nodeOfFunctions }) => nodeOfFunctions),
);

/** Shown with the choice: `functions run on nodejs22.x; planned and applied by the tests`. */
export function consequencesOf(version: AwsProviderVersion): string {
  return `functions run on ${functionRuntime(version)}; ${FOLLOWS[version].tried}`;
}
