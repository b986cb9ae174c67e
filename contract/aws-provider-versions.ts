/** What an environment may choose as its version of the AWS provider. */
export const AWS_PROVIDER_VERSIONS = ["~> 5.100", "~> 6.25"] as const;
export type AwsProviderVersion = (typeof AWS_PROVIDER_VERSIONS)[number];

/** A runtime of Lambda, by the major of Node.js that it has. */
export type FunctionRuntime = `nodejs${number}.x`;

interface FollowsFromProvider {
  readonly nodeOfFunctions: number;
  /** How far the tests of this project go. */
  readonly tried: string;
}

/**
 * What follows from a version: 5.100.0, the last 5, refuses nodejs24.x; 6.19.0 takes it.
 * https://github.com/hashicorp/terraform-provider-aws/issues/44986
 */
const FOLLOWS: Readonly<Record<AwsProviderVersion, FollowsFromProvider>> = {
  "~> 5.100": { nodeOfFunctions: 22, tried: "planned and applied by the tests" },
  "~> 6.25": { nodeOfFunctions: 24, tried: "typed and synthesized by the tests, not applied" },
};

export function functionRuntime(version: AwsProviderVersion): FunctionRuntime {
  return `nodejs${FOLLOWS[version].nodeOfFunctions}.x`;
}

/** One bundle runs in every environment. */
export const OLDEST_NODE_OF_FUNCTIONS = Math.min(
  ...Object.values(FOLLOWS).map(({ nodeOfFunctions }) => nodeOfFunctions),
);

/** For who chooses: `functions run on nodejs22.x; planned and applied by the tests`. */
export function consequencesOf(version: AwsProviderVersion): string {
  return `functions run on ${functionRuntime(version)}; ${FOLLOWS[version].tried}`;
}
