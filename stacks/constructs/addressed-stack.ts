import { TerraformDataSource, TerraformElement, TerraformResource, TerraformStack } from "cdktf";
import type { Construct, Node } from "constructs";

/** A stack whose state addresses follow from construct paths alone. */
export class AddressedStack extends TerraformStack {
  constructor(scope: Construct, id: string, awsProviderVersion: string) {
    super(scope, id);
    this.node.addValidation({ validate: () => this.#duplicateAddresses() });
    this.addOverride("terraform.required_version", ">= 1.10.0");
    this.addOverride("terraform.required_providers.aws", {
      source: "hashicorp/aws",
      version: awsProviderVersion,
    });
  }

  #duplicateAddresses(): string[] {
    const addresses = this.node
      .findAll()
      .filter((each) => each instanceof TerraformResource || each instanceof TerraformDataSource)
      .map((each) => `${each.terraformResourceType}.${each.friendlyUniqueId}`);
    return addresses
      .filter((address, index) => addresses.indexOf(address) !== index)
      .map((address) => `Two constructs share the address ${address}: rename one of them`);
  }

  /** State addresses follow from construct paths alone, without cdktf's hash: `aws_sqs_queue.intake_queue_dead_letter`. */
  protected override allocateLogicalId(element: TerraformElement | Node): string {
    const node = TerraformElement.isTerraformElement(element) ? element.node : (element as Node);
    return node.scopes
      .slice(node.scopes.indexOf(this) + 1)
      .map((scope) => scope.node.id)
      .join("_")
      .replaceAll("-", "_");
  }
}
