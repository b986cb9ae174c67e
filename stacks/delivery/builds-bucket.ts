import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import {
  RELEASES_PREFIX,
  REQUEST_KEY,
  RESULTS_PREFIX,
  VERIFICATION_OUTPUTS_PREFIX,
  VERIFICATION_RESULTS_PREFIX,
} from "../../contract/builds.ts";
import type { AwsAccount } from "../constructs/aws-account.ts";
import { inAccount, type Statement } from "../constructs/policy-document.ts";
import { PrivateBucket } from "../constructs/private-bucket.ts";
import { useKey } from "../constructs/use-key.ts";

export interface BuildsBucketProps {
  readonly account: AwsAccount;
  readonly name: string;
  readonly key: { readonly arn: string; readonly alias: string };
  /** Whether what was released is verified. */
  readonly keepsVerifications: boolean;
}

export interface BuildsAccess {
  /** The role that gets it. */
  readonly role: { readonly kind: "existing" | "managed" };
  /** Patterns of keys. */
  readonly read: string | readonly string[];
  readonly write: string | readonly string[];
  /** Whether it reads versions, by their names, and never what is there at present. */
  readonly readsVersions?: boolean;
}

/** What was built, by its hash, and what checks and plans tell each other. */
export class BuildsBucket extends Construct {
  readonly name: string;
  /** What has to be there before something is handed in. */
  readonly versioning: ITerraformDependable;
  readonly #props: BuildsBucketProps;

  constructor(scope: Construct, id: string, props: BuildsBucketProps) {
    super(scope, id);
    this.#props = props;
    const bucket = new PrivateBucket(this, "bucket", {
      kind: "managed",
      name: props.name,
      region: props.account.region,
      keyArn: props.key.arn,
      deletionProtection: true,
      roleGrants: [],
    });
    this.name = bucket.name;
    // A version can't be changed any more, and S3 gives it its name: whoever hands something in chooses neither.
    this.versioning = new S3BucketVersioningA(this, "versioning", {
      bucket: bucket.name,
      versioningConfiguration: { status: "Enabled" },
    });
    new S3BucketLifecycleConfiguration(this, "lifecycle", {
      bucket: bucket.name,
      rule: [
        expire("old-builds", RELEASES_PREFIX, 365),
        expire("old-requests", REQUEST_KEY, 7),
        expire("old-results", RESULTS_PREFIX, 7),
        // As long as the builds that they are of.
        ...(props.keepsVerifications
          ? [
              expire("old-verification-outputs", VERIFICATION_OUTPUTS_PREFIX, 365),
              expire("old-verification-results", VERIFICATION_RESULTS_PREFIX, 365),
            ]
          : []),
      ],
      dependsOn: [this.versioning],
    });
  }

  /**
   * To read and write objects of these keys, and nothing else. The owner of an existing role attaches it before there is a
   * key: it names the key by its alias.
   */
  statements({ role, read, write, readsVersions = false }: BuildsAccess): Statement[] {
    const { account, name, key } = this.#props;
    const arnOf = (pattern: string) => `${account.bucketArn(name)}/${pattern}`;
    const objects = (patterns: string | readonly string[]) =>
      typeof patterns === "string" ? arnOf(patterns) : patterns.map(arnOf);
    const keyArn = role.kind === "managed" ? key.arn : account.arn("kms", "key/*");
    const useKeyForBuilds = useKey(
      { account, keyArn },
      "UseKeyForBuilds",
      ["s3"],
      ["kms:Decrypt", "kms:GenerateDataKey"],
    );
    const builds: Statement[] = [
      {
        Sid: "ReadBuilds",
        Effect: "Allow",
        Action: readsVersions ? "s3:GetObjectVersion" : "s3:GetObject",
        Resource: objects(read),
      },
      { Sid: "WriteBuilds", Effect: "Allow", Action: "s3:PutObject", Resource: objects(write) },
    ];
    return [
      ...builds.map((each) => inAccount(account.id, each)),
      ...(role.kind === "managed"
        ? useKeyForBuilds
        : useKeyForBuilds.map((each) => ofAlias(each, key.alias))),
    ];
  }
}

function ofAlias(statement: Statement, alias: string): Statement {
  const condition = { "ForAnyValue:StringEquals": { "kms:ResourceAliases": `alias/${alias}` } };
  return { ...statement, Condition: { ...statement.Condition, ...condition } };
}

function expire(id: string, prefix: string, days: number) {
  return {
    id,
    status: "Enabled",
    filter: [{ prefix }],
    expiration: [{ days }],
    noncurrentVersionExpiration: [{ noncurrentDays: days }],
    abortIncompleteMultipartUpload: [{ daysAfterInitiation: 1 }],
  };
}
