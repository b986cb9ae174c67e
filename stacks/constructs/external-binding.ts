import { Fn, TerraformLocal } from "cdktf";
import { Construct } from "constructs";
import type { PlaceholderParts } from "./placeholder-parts.ts";

export interface ExternalBindingProps {
  /** `queue.<name>`, `function.<name>` … */
  readonly placeholder: string;
  readonly arn: string;
}

/** Kinds of which a document names one by its whole ARN, or by a name that is the world's. */
const WITH_VALUE: Readonly<Record<string, keyof PlaceholderParts>> = { function: "arn", bucket: "name" };

/** What stands before the name in the last part of an ARN, by the kind. */
const BEFORE_NAME: Readonly<Record<string, readonly string[]>> = {
  deliveryStream: ["deliverystream/"],
  eventBus: ["event-bus/"],
  key: ["key/", "alias/"],
  stream: ["stream/"],
  table: ["table/"],
  userPool: ["userpool/"],
};

/** Something of another account or region that a document names: all that is known of it is its ARN, and nothing is looked up. */
export class ExternalBinding extends Construct {
  /** What stands in the document, or undefined where that is a name, which would be looked for in the API's own account. */
  readonly value: string | undefined;
  readonly parts: PlaceholderParts;

  constructor(scope: Construct, id: string, { placeholder, arn }: ExternalBindingProps) {
    super(scope, id);
    const [kind = ""] = placeholder.split(".");
    this.parts = {
      arn: () => arn,
      // Of a bucket it tells neither.
      ...(kind !== "bucket" && {
        account: () => this.#local("account", field(arn, 4)),
        region: () => this.#local("region", field(arn, 3)),
      }),
      name: () => this.#local("name", nameIn(arn, kind)),
    };
    const part = WITH_VALUE[kind];
    this.value = part && this.parts[part]?.();
  }

  /** A function's quotes have no place in the text of the body. */
  #local(id: string, expression: string): string {
    const found = this.node.tryFindChild(id);
    const local = found instanceof TerraformLocal ? found : new TerraformLocal(this, id, expression);
    return local.asString;
  }
}

function field(arn: string, index: number): string {
  return Fn.element(Fn.split(":", arn), index);
}

function nameIn(arn: string, kind: string): string {
  const resource = field(arn, kind === "function" || kind === "stateMachine" ? 6 : 5);
  return (BEFORE_NAME[kind] ?? []).reduce((name, before) => Fn.trimprefix(name, before), resource);
}
