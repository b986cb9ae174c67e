import { parseEnvironment } from "../../env/load-environment.ts";
import type { Environment, EnvironmentInput } from "../../env/schema.ts";
import { registeredEnvironments } from "../fixtures/env/environments.ts";

type BuildingEnvironment = Environment & {
  readonly delivery: Extract<Environment["delivery"], { kind: "codebuild" }>;
};

/** How the account of the environment test verifies what it releases. */
export const verification = {
  kind: "in-vpc",
  vpcId: "vpc-0a1b2c3d4e5f60718",
  subnetIds: ["subnet-0a1b2c3d4e5f60718", "subnet-0b1c2d3e4f5061728"],
  securityGroupIds: ["sg-0a1b2c3d4e5f60718"],
  secretName: "ingestion/verification",
  environments: ["test"],
} as const satisfies NonNullable<
  Extract<EnvironmentInput["delivery"], { kind: "codebuild" }>["verification"]
>;

/** The environment test, whose account builds and verifies. */
export function verifiedDelivery(changes: object = {}): BuildingEnvironment {
  const { test } = registeredEnvironments;
  const data = {
    ...test,
    proxy: { ...test.proxy, url: "https://ingestion-test.example.com" },
    delivery: { ...test.delivery, verification: { ...verification, ...changes } },
  };
  return parseEnvironment("test", data) as BuildingEnvironment;
}
