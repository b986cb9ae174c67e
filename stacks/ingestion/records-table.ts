import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table/index.js";
import type { IResolvable } from "cdktf";
import { Construct } from "constructs";

export interface RecordsTableProps {
  readonly name: string;
  /** Absent: the key that AWS owns. */
  readonly keyArn: string | undefined;
  readonly deletionProtection: boolean | IResolvable;
}

/**
 * Records (`sk` = `record`) and submissions (`sk` = `submission#<id>`) of each item and each plain file (`pk`). Records are listed
 * by their group, plain files by their item.
 */
export class RecordsTable extends Construct {
  readonly name: string;
  readonly arn: string;

  constructor(scope: Construct, id: string, props: RecordsTableProps) {
    super(scope, id);
    const table = new DynamodbTable(this, "table", {
      name: props.name,
      billingMode: "PAY_PER_REQUEST",
      hashKey: "pk",
      rangeKey: "sk",
      attribute: ["pk", "sk", "groupKey", "groupItem"].map((name) => ({ name, type: "S" })),
      globalSecondaryIndex: [
        { name: "byGroup", hashKey: "groupKey", rangeKey: "groupItem", projectionType: "ALL" },
      ],
      ttl: { attributeName: "expiresAt", enabled: true },
      pointInTimeRecovery: { enabled: true },
      deletionProtectionEnabled: props.deletionProtection,
      ...(props.keyArn && { serverSideEncryption: { enabled: true, kmsKeyArn: props.keyArn } }),
    });
    this.name = table.name;
    this.arn = table.arn;
  }
}
