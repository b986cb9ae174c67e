// Prints or writes the configuration of an environment's external API proxy.
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { environmentNames, loadEnvironment } from "../env/load-environment.ts";
import { writeConfiguration } from "../proxy/haproxy-process.ts";
import {
  type ProxySettings,
  parseStackOutputs,
  placeholderOutputs,
  proxySettings,
} from "../proxy/proxy-settings.ts";
import { filesBeside, renderConfiguration } from "../proxy/render-configuration.ts";
import { CommandError } from "./command-error.ts";

const help = `usage: npm run proxy -- <environment> [--outputs <file>] [--directory <folder>]

Prints the HAProxy configuration of an environment's external API proxy (${environmentNames.join(", ")}).

  --outputs <file>       what "terraform output -json" printed after an apply; - reads it from standard input.
                         Without it, host names are placeholders: proposals-vpce-id.execute-api.…
  --directory <folder>   writes haproxy.cfg there, and refusals.lua, which it needs beside it

What else has to lie beside it (certificates, keys), haproxy.cfg says in its first lines.

  npm run proxy -- dev
  terraform -chdir=cdktf.out/stacks/proposals-dev output -json | npm run -s proxy -- dev --outputs - --directory out`;

console.log(main(process.argv.slice(2)));

/** What there is to say. */
function main(args: readonly string[]): string {
  const { environmentName, outputs, directory, wantsHelp } = readArguments(args);
  if (wantsHelp) return help;
  const environment = loadEnvironment(environmentName);
  const stackOutputs = outputs === undefined ? undefined : readOutputs(outputs);
  const settings = proxySettings(environment, stackOutputs);
  if (settings === undefined) {
    const { apiUrls, payload } = stackOutputs ?? placeholderOutputs(environment);
    return describeExternal(environment.name, apiUrls, payload);
  }
  if (directory === undefined) return renderConfiguration(settings).trimEnd();
  const folder = resolve(process.env["INIT_CWD"] ?? "", directory);
  writeConfiguration(settings, folder);
  return describeWritten(settings, folder, directory);
}

function readArguments(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: "boolean", short: "h" },
        outputs: { type: "string" },
        directory: { type: "string" },
      },
    });
    const [environmentName, ...rest] = positionals;
    const wantsHelp = values.help === true;
    if (!wantsHelp && (environmentName === undefined || rest.length > 0)) {
      throw new Error(environmentName === undefined ? "Name an environment." : `What is "${rest[0]}"?`);
    }
    return { environmentName, outputs: values.outputs, directory: values.directory, wantsHelp };
  } catch (error) {
    throw new CommandError(`${error instanceof Error ? error.message : error}\n\n${help}`, { exitCode: 2 });
  }
}

function readOutputs(file: string) {
  if (file === "-") return parseStackOutputs(readFileSync(process.stdin.fd, "utf8"), "Standard input");
  // Files are named from where npm was called.
  const path = resolve(process.env["INIT_CWD"] ?? "", file);
  if (!existsSync(path)) {
    throw new CommandError(
      `There is no file ${file}. Write it with "terraform output -json > ${file}", in the stack's directory.`,
    );
  }
  return parseStackOutputs(readFileSync(path, "utf8"), file);
}

function describeWritten(settings: ProxySettings, folder: string, directory: string): string {
  const missing = filesBeside(settings).filter(([path]) => !existsSync(join(folder, path)));
  const lines = missing.map(([path, holds]) => `  ${join(directory, path)}   ${holds}`);
  return [
    `${join(directory, "haproxy.cfg")} and refusals.lua are written.`,
    settings.origin,
    ...(missing.length > 0 ? ["Still missing there:", ...lines] : []),
  ].join("\n");
}

function describeExternal(
  name: string,
  apiUrls: ProxySettings["apiUrls"],
  { thresholdBytes, maxBytes }: ProxySettings["payload"],
): string {
  return [
    `The environment ${name} has somebody else's proxy in front (proxy.kind is "external"). It needs:`,
    ...Object.entries(apiUrls).map(([api, url]) => `  ${api.padEnd(16)} ${url}`),
    `  POST from ${thresholdBytes} bytes on, and GET of documents, go to proposals-large, everything else to proposals.`,
    `  More than ${maxBytes} bytes are refused.`,
    "docs/proxy.md has the rules to copy, and the edges to test.",
  ].join("\n");
}
