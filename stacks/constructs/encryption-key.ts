import { DataAwsKmsKey } from "@cdktf/provider-aws/lib/data-aws-kms-key/index.js";
import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias/index.js";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key/index.js";
import { Construct } from "constructs";
import type { AwsAccount } from "./aws-account.ts";
import { policyDocument, type Statement } from "./policy-document.ts";

export interface EncryptionKeyProps {
  readonly encryption: { kind: "aws-owned" } | { kind: "managed" } | { kind: "existing"; keyArn: string };
  readonly account: AwsAccount;
  readonly namePrefix: string;
  readonly intakeBucketArn: string;
  /** Grants to roles that the stack does not own. */
  readonly roleGrants: readonly Statement[];
  /** Whether alarms are told by topics that this key encrypts. */
  readonly forAlerts: boolean;
}

/** The key of buckets, queues, table and logs; `arn` is absent where AWS's own keys encrypt. */
export class EncryptionKey extends Construct {
  readonly arn: string | undefined;

  constructor(scope: Construct, id: string, props: EncryptionKeyProps) {
    super(scope, id);
    if (props.encryption.kind === "managed") {
      this.arn = this.#create(props).arn;
    } else if (props.encryption.kind === "existing") {
      this.arn = this.#lookUp(props.encryption.keyArn).arn;
    }
  }

  #create({ account, namePrefix, intakeBucketArn, roleGrants, forAlerts }: EncryptionKeyProps): KmsKey {
    return createKey(this, account, {
      description: `Buckets, queues, table and logs of ${namePrefix}`,
      alias: namePrefix,
      grants: [
        ...keyServiceGrants(account, intakeBucketArn),
        ...(forAlerts ? keyAlertGrants(account) : []),
        ...roleGrants,
      ],
    });
  }

  #lookUp(keyArn: string): DataAwsKmsKey {
    return new DataAwsKmsKey(this, "key", {
      keyId: keyArn,
      lifecycle: {
        postcondition: [
          {
            condition:
              '${self.enabled && self.key_usage == "ENCRYPT_DECRYPT" && self.key_spec == "SYMMETRIC_DEFAULT"}',
            errorMessage: "The key ${self.arn} must be enabled and a symmetric encryption key.",
          },
        ],
      },
    });
  }
}

export interface KeyProps {
  readonly description: string;
  /** Without `alias/`. */
  readonly alias: string;
  /** Besides the account's own: its IAM policies decide who of it may use the key. */
  readonly grants: readonly Statement[];
}

/** A key that rotates, as the constructs `key` and `alias` of the scope. */
export function createKey(
  scope: Construct,
  account: AwsAccount,
  { description, alias, grants }: KeyProps,
): KmsKey {
  const key = new KmsKey(scope, "key", {
    description,
    enableKeyRotation: true,
    policy: policyDocument([
      {
        Sid: "AccountDecidesByIam",
        Effect: "Allow",
        Principal: { AWS: account.rootArn },
        Action: "kms:*",
        Resource: "*",
      },
      ...grants,
    ]),
  });
  new KmsAlias(scope, "alias", { name: `alias/${alias}`, targetKeyId: key.keyId });
  return key;
}

/** What is needed to tell of alarms: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html */
export function keyAlertGrants(account: AwsAccount): Statement[] {
  const grant = (sid: string, service: string): Statement => ({
    Sid: sid,
    Effect: "Allow",
    Principal: { Service: service },
    Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
    Resource: "*",
    Condition: { StringEquals: { "aws:SourceAccount": account.id } },
  });
  return [
    grant("Alarms", "cloudwatch.amazonaws.com"),
    // To write what it could not hand over into the dead-letter queue.
    grant("UndeliveredAlerts", "sns.amazonaws.com"),
  ];
}

/** What AWS services need of the key: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html */
export function logsGrant(account: AwsAccount): Statement {
  return {
    Sid: "CloudWatchLogs",
    Effect: "Allow",
    Principal: { Service: `logs.${account.region}.amazonaws.com` },
    Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
    Resource: "*",
    Condition: {
      ArnLike: { "kms:EncryptionContext:aws:logs:arn": account.arn("logs", "log-group:*") },
    },
  };
}

/** What AWS services need of the environment's key. */
export function keyServiceGrants(account: AwsAccount, intakeBucketArn: string): Statement[] {
  return [
    logsGrant(account),
    {
      Sid: "BucketNotifications",
      Effect: "Allow",
      Principal: { Service: "s3.amazonaws.com" },
      Action: ["kms:GenerateDataKey", "kms:Decrypt"],
      Resource: "*",
      Condition: {
        ArnEquals: { "aws:SourceArn": intakeBucketArn },
        StringEquals: { "aws:SourceAccount": account.id },
      },
    },
  ];
}
