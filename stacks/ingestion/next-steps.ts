import { ingestionStackName } from "../../domain/names.ts";
import type { EnvironmentVariables } from "../variables/environment-variables.ts";

const outputsForOwners = [
  "required_policies",
  "undetermined_permissions",
  "external_permissions",
  "required_settings",
] as const;

export interface NextStepsProps {
  /** What the environment has chosen; its values may be references to variables. */
  readonly choices: Pick<EnvironmentVariables, "name" | "alerts" | "proxy">;
  /** Whose owners have something to do, by the output that says what. */
  readonly asked: Readonly<Record<(typeof outputsForOwners)[number], readonly string[]>>;
}

/** What is left to do by hand after an apply, in the order in which it is best done. */
export function nextSteps({ choices: { name, alerts, proxy }, asked }: NextStepsProps): string[] {
  return [
    ...ownerSteps(asked),
    ...alertSteps(name, alerts),
    proxyStep(name, proxy),
    `Operators: attach the output operator_policy to their role; npm run redrive -- ${name} then says what waits in the dead-letter queue.`,
    verifyStep(name, proxy),
    `Remove it one day: docs/remove-everything.md; npm run destroy -- ${name} says what stays.`,
  ];
}

/** What each such output asks for, of those whom `names` lists. */
const requests: Readonly<Record<keyof NextStepsProps["asked"], (names: string) => string>> = {
  required_policies: (names) =>
    `give the output required_policies to those who own ${names}: what lacks a right there fails.`,
  undetermined_permissions: (names) =>
    `grant to ${names} what the output undetermined_permissions tells in words.`,
  external_permissions: (names) =>
    `give the output external_permissions to those who own ${names}, in their account.`,
  required_settings: (names) =>
    `give the output required_settings to those who own ${names}: no plan sees these settings.`,
};

function ownerSteps(asked: NextStepsProps["asked"]): string[] {
  return outputsForOwners
    .filter((output) => asked[output].length > 0)
    .map((output) => `Owners: ${requests[output](asked[output].join(", "))}`);
}

function alertSteps(name: string, alerts: NextStepsProps["choices"]["alerts"]): string[] {
  if (alerts.kind === "none") {
    return [`Alarms: nobody is told of them. env/${name}.ts chooses who is, by alerts.`];
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
        `Alarms: put the secret ${secret} into Secrets Manager, unless it is there. docs/operations.md tells how.`,
    ),
    ...(emails.length > 0
      ? [
          `Alarms: let the ${emails.length === 1 ? "owner of the e-mail address" : `owners of ${emails.length} e-mail addresses`} confirm both messages of AWS, of the urgent alarms and of the tickets.`,
        ]
      : []),
  ];
}

function proxyStep(name: string, proxy: NextStepsProps["choices"]["proxy"]): string {
  return proxy.kind === "haproxy"
    ? `Callers: terraform -chdir=cdktf.out/stacks/${ingestionStackName(name)} output -json | npm run -s proxy -- ${name} --outputs - --directory <folder> writes the proxy's configuration. Start the proxy with it.`
    : "Callers: let the proxy send what is at or below api_paths to the api_urls of these outputs, as docs/proxy.md says.";
}

/** Where nobody says how the proxy is reached, the command would only ask for it. */
function verifyStep(name: string, proxy: NextStepsProps["choices"]["proxy"]): string {
  const needsUrl = proxy.url === undefined && proxy.addresses !== "any";
  const where = needsUrl ? `say in env/${name}.ts where the proxy is (proxy.url); ` : "";
  return `Verify: ${where}npm run verify -- ${name} sends a small and a large record through the proxy, and follows each to its outcome.`;
}
