import { DataAwsLambdaFunction } from "@cdktf/provider-aws/lib/data-aws-lambda-function/index.js";
import { DataAwsLb } from "@cdktf/provider-aws/lib/data-aws-lb/index.js";
import { Construct } from "constructs";
import { PrivateBucket } from "./private-bucket.ts";
import { ServiceRole } from "./service-role.ts";

export interface ExistingBindingProps {
  /** `role.<name>`, `bucket.<name>`, `queue.<name>` … */
  readonly placeholder: string;
  readonly name: string;
  readonly region: string;
}

/** Something that a document names and the stack neither creates nor uses otherwise. */
export class ExistingBinding extends Construct {
  /** What stands in the document: a role's, function's or load balancer's ARN, the name or id of everything else. */
  readonly value: string;

  constructor(scope: Construct, id: string, props: ExistingBindingProps) {
    super(scope, id);
    this.value = this.#lookUp(props);
  }

  #lookUp({ placeholder, name, region }: ExistingBindingProps): string {
    const [kind] = placeholder.split(".");
    switch (kind) {
      case "role":
        return new ServiceRole(this, kind, { kind: "existing", name, service: "apigateway.amazonaws.com" })
          .arn;
      case "bucket":
        return new PrivateBucket(this, kind, {
          kind: "existing",
          name,
          region,
          keyArn: undefined,
          deletionProtection: true,
          roleGrants: [],
        }).name;
      case "function":
        return new DataAwsLambdaFunction(this, kind, { functionName: name }).arn;
      // An integration names it itself, not one of its listeners:
      // https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-private-integration.html
      case "loadBalancer":
        return this.#lookUpLoadBalancer(name).arn;
      default:
        // The name or id itself is what stands in the document.
        return name;
    }
  }

  #lookUpLoadBalancer(name: string): DataAwsLb {
    return new DataAwsLb(this, "load-balancer", {
      name,
      lifecycle: {
        postcondition: [
          {
            condition: '${contains(["application", "network"], self.load_balancer_type)}',
            errorMessage:
              "The load balancer ${self.name} must be an application or network one: API Gateway reaches no others.",
          },
        ],
      },
    });
  }
}
