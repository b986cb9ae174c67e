import { ingestionStackName } from "../../domain/names.ts";
import type { EnvironmentVariables } from "../variables/environment-variables.ts";

const outputsForOwners = [
  "required_policies",
  "undetermined_permissions",
  "external_permissions",
  "required_settings",
] as const;

export interface NextStepsProps {
  /** Choices of the environment; the values may be references to variables. */
  readonly choices: Pick<EnvironmentVariables, "name" | "alerts" | "proxy">;
  /** The resources whose owners must act, by the output that describes it. */
  readonly asked: Readonly<Record<(typeof outputsForOwners)[number], readonly string[]>>;
}

/** Manual steps after an apply, in the recommended order. */
export function nextSteps({ choices: { name, alerts, proxy }, asked }: NextStepsProps): string[] {
  return [
    ...ownerSteps(asked),
    ...alertSteps(name, alerts),
    proxyStep(name, proxy),
    `Operators: attach the output operator_policy to their role. npm run redrive -- ${name} then shows the messages of the dead-letter queue.`,
    verifyStep(name, proxy),
    `Remove everything: docs/remove-everything.md explains it. npm run destroy -- ${name} shows what stays.`,
  ];
}

/** What the owners of `names` must do, by output. */
const requests: Readonly<Record<keyof NextStepsProps["asked"], (names: string) => string>> = {
  required_policies: (names) =>
    `give the output required_policies to the owners of ${names}. Without these permissions, calls fail.`,
  undetermined_permissions: (names) =>
    `grant to ${names} the permissions that the output undetermined_permissions describes.`,
  external_permissions: (names) =>
    `give the output external_permissions to the owners of ${names} in the other account.`,
  required_settings: (names) =>
    `give the output required_settings to the owners of ${names}. No plan checks these settings.`,
};

function ownerSteps(asked: NextStepsProps["asked"]): string[] {
  return outputsForOwners
    .filter((output) => asked[output].length > 0)
    .map((output) => `Owners: ${requests[output](asked[output].join(", "))}`);
}

function alertSteps(name: string, alerts: NextStepsProps["choices"]["alerts"]): string[] {
  if (alerts.kind === "none") {
    return [`Alarms: nobody receives them. To change this, set alerts in env/${name}.ts.`];
  }
  const { emails, notifier } = alerts;
  const secrets = [
    ...(notifier?.pagerDuty ? [`${notifier.pagerDuty.secretName} ({"routingKey": …})`] : []),
    ...(notifier?.serviceNow
      ? [`${notifier.serviceNow.secretName} ({"username": …, "password": …}, at ${notifier.serviceNow.host})`]
      : []),
  ];
  return [
    ...secrets.map(
      (secret) =>
        `Alarms: create the secret ${secret} in Secrets Manager if it does not exist. docs/operations.md explains how.`,
    ),
    ...(emails.length > 0
      ? [
          `Alarms: ask the ${emails.length === 1 ? "owner of the e-mail address" : `owners of ${emails.length} e-mail addresses`} to confirm both messages of AWS, for urgent alarms and for tickets.`,
        ]
      : []),
  ];
}

function proxyStep(name: string, proxy: NextStepsProps["choices"]["proxy"]): string {
  return proxy.kind === "haproxy"
    ? `Callers: terraform -chdir=cdktf.out/stacks/${ingestionStackName(name)} output -json | npm run -s proxy -- ${name} --outputs - --directory <folder> writes the proxy's configuration. Start the proxy with it.`
    : "Callers: configure the proxy to send requests at or below api_paths to the api_urls of these outputs. docs/proxy.md explains how.";
}

/** Without the proxy's URL, the command only asks for it. */
function verifyStep(name: string, proxy: NextStepsProps["choices"]["proxy"]): string {
  const needsUrl = proxy.url === undefined && proxy.addresses !== "any";
  const where = needsUrl ? `set proxy.url in env/${name}.ts to the URL of the proxy. Then ` : "";
  return `Verify: ${where}npm run verify -- ${name} sends a small and a large record through the proxy, and waits for the outcome of each.`;
}
