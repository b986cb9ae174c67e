import { DataAwsLambdaFunction } from "@cdktf/provider-aws/lib/data-aws-lambda-function/index.js";
import { Construct } from "constructs";
import { PrivateBucket } from "./private-bucket.ts";
import { ServiceRole } from "./service-role.ts";

export interface ExistingBindingProps {
  /** `role.<name>`, `bucket.<name>` or `function.<name>`. */
  readonly placeholder: string;
  readonly name: string;
  readonly region: string;
}

/** Something that a document names and the stack neither creates nor uses otherwise. */
export class ExistingBinding extends Construct {
  /** What stands in the document: a role's or function's ARN, a bucket's name. */
  readonly value: string;

  constructor(scope: Construct, id: string, props: ExistingBindingProps) {
    super(scope, id);
    this.value = this.#lookUp(props);
  }

  #lookUp({ placeholder, name, region }: ExistingBindingProps): string {
    switch (placeholder.split(".")[0]) {
      case "role":
        return new ServiceRole(this, "role", {
          kind: "existing",
          name,
          service: "apigateway.amazonaws.com",
        }).arn;
      case "bucket":
        return new PrivateBucket(this, "bucket", {
          kind: "existing",
          name,
          region,
          keyArn: undefined,
          deletionProtection: true,
          roleGrants: [],
        }).name;
      default:
        return new DataAwsLambdaFunction(this, "function", { functionName: name }).arn;
    }
  }
}
