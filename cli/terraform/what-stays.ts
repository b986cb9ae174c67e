import { dirname, join } from "node:path";
import { resourceNames } from "../../contract/resource-names.ts";
import { stateFileName } from "../../contract/state-file.ts";
import { ingestionStackName } from "../../domain/names.ts";
import type { Environment } from "../../env/schema.ts";

/** What a destroy leaves, and the command that removes it, or why there is none. */
export interface Remainder {
  readonly what: string;
  readonly how: string;
}

/**
 * What of an environment is still there after its stack was destroyed, by what the environment has chosen.
 * @param outdir the output folder of the synthesis; local states lie beside it
 */
export function whatStays(environment: Environment, outdir = "cdktf.out"): Remainder[] {
  return [
    ...accountSetting(environment),
    ...existingThings(environment),
    ...keys(environment),
    {
      what: `A backup of the table ${environment.namePrefix}, which DynamoDB makes when it deletes a table with point-in-time recovery. It costs nothing`,
      how: "Nothing to do: DynamoDB deletes it after 35 days.",
    },
    ...secrets(environment),
    lateLogGroups(environment),
    ...otherStacks(environment, outdir),
    state(environment, outdir),
  ];
}

/** As text for the end of a destroy. */
export function describeWhatStays(environment: Environment, outdir?: string): string {
  const lines = whatStays(environment, outdir).flatMap(({ what, how }) => [`  ${what}.`, `    ${how}`]);
  return [
    "",
    `${environment.name} is destroyed. What is left, and how to remove it (docs/remove-everything.md):`,
    "",
    ...lines,
  ].join("\n");
}

function accountSetting({ name, accountId, region, roles: { gatewayLogging } }: Environment): Remainder[] {
  if (gatewayLogging.kind === "existing") return [];
  return [
    {
      what: `API Gateway's logging role ${gatewayLogging.name}, and the setting of account ${accountId} in ${region} that names it. Every other API there logs with it`,
      how: `If no API of that account and region is left: npm run account -- ${name} --destroy`,
    },
  ];
}

function existingThings(environment: Environment): Remainder[] {
  const { buckets, roles, encryption, vpcEndpoint, alerts } = environment;
  const notifierRole = alerts.kind === "routed" ? alerts.notifier?.role : undefined;
  const named = (kind: string, choices: readonly { readonly kind: string; readonly name: string }[]) =>
    choices.filter((choice) => choice.kind === "existing").map(({ name }) => `${kind} ${name}`);
  const kept = [
    ...named("bucket", Object.values(buckets)),
    ...named("role", [...Object.values(roles), ...(notifierRole ? [notifierRole] : [])]),
    ...(vpcEndpoint.kind === "existing" ? [`VPC endpoint ${vpcEndpoint.id}`] : []),
    ...(encryption.kind === "existing" ? [`key ${encryption.keyArn}`] : []),
  ];
  if (kept.length === 0) return [];
  const objects = Object.values(buckets).some(({ kind }) => kind === "existing");
  return [
    {
      what: `Existing resources, which the stack did not create: ${kept.join(", ")}`,
      how: `Their owners take back what they granted for this environment${objects ? ", and delete the objects in the buckets: payloads and documents are still there, and cost storage" : ""}.`,
    },
  ];
}

/** https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html: 30 days, the default of KMS and Terraform. */
function keys({ namePrefix, region, encryption, alerts }: Environment): Remainder[] {
  const ofAlerts = encryption.kind === "aws-owned" && alerts.kind === "routed";
  if (encryption.kind !== "managed" && !ofAlerts) return [];
  return [
    {
      what: `The key of ${ofAlerts ? `the alarms of ${namePrefix}` : namePrefix}, disabled. KMS deletes it after 30 days, and it costs nothing until then`,
      how: `Nothing to do. Until then, "aws kms cancel-key-deletion --region ${region} --key-id <id>" restores it.`,
    },
  ];
}

function secrets({ region, alerts }: Environment): Remainder[] {
  const notifier = alerts.kind === "routed" ? alerts.notifier : undefined;
  const names = [notifier?.pagerDuty?.secretName, notifier?.serviceNow?.secretName].filter(
    (name) => name !== undefined,
  );
  return names.map((name) => ({
    what: `The secret ${name}, which costs money each month`,
    how: `aws secretsmanager delete-secret --region ${region} --secret-id ${name}, unless something else reads it.`,
  }));
}

/**
 * API Gateway may create groups, and does where requests come while it is deleted:
 * https://github.com/hashicorp/terraform/issues/32693. Of the functions' managed roles none may.
 */
function lateLogGroups({ namePrefix, region, apis }: Environment): Remainder {
  const names = resourceNames(namePrefix);
  const access = apis.map(({ name }) => `/aws/apigateway/${names.api(name)}/access`).join(", ");
  return {
    what: `Log groups that API Gateway creates again if requests arrive during the destroy: API-Gateway-Execution-Logs_<api id>/<stage>, ${access}. They are kept for ever. Usually there are none`,
    how: `aws logs describe-log-groups --region ${region} --query 'logGroups[?retentionInDays==null].logGroupName', then aws logs delete-log-group --region ${region} --log-group-name <name>`,
  };
}

function otherStacks({ name, delivery, backend }: Environment, outdir: string): Remainder[] {
  const destroy = (stack: string) => `terraform -chdir=${join(outdir, "stacks", stack)} destroy`;
  return [
    ...(delivery.kind === "codebuild"
      ? [
          {
            what: `The stack delivery-${name}: builds that still run, their bucket and their logs`,
            how: `Delete all object versions in its bucket, then ${destroy(`delivery-${name}`)} (docs/delivery.md).`,
          },
        ]
      : []),
    ...(backend.kind === "tfe" && backend.managed
      ? [
          {
            what: `The stack workspace-${name}: the workspace ${backend.workspace} and its roles in AWS`,
            how: `${destroy(`workspace-${name}`)}. Do this last (docs/delivery.md).`,
          },
        ]
      : []),
  ];
}

function state({ name, backend }: Environment, outdir: string): Remainder {
  switch (backend.kind) {
    case "local": {
      const file = join(dirname(outdir), stateFileName(ingestionStackName(name)));
      return {
        what: `The state ${file}, which is empty now, and ${file}.backup, which describes what existed`,
        how: `rm ${file} ${file}.backup`,
      };
    }
    case "s3":
      return {
        what: `The state s3://${backend.bucket}/${backend.key}, and its older versions, which describe what existed`,
        how: `aws s3api list-object-versions --region ${backend.region} --bucket ${backend.bucket} --prefix ${backend.key}, then aws s3api delete-object with each --version-id`,
      };
    case "tfe":
      return {
        what: `The workspace ${backend.workspace} of ${backend.hostname}, with all earlier states and runs`,
        how: backend.managed
          ? "A destroy of its stack deletes it."
          : "Delete it in its settings, under Destruction and Deletion. Its variables contain credentials.",
      };
  }
}
