// Prints or writes the configuration of an environment's external API proxy.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fromCaller } from "../cli/caller-files.ts";
import { command } from "../cli/command.ts";
import { readDocuments } from "../cli/read-documents.ts";
import { CALLER_HEADER, itemPattern, SHARED_CALLER } from "../contract/keys.ts";
import { UserError } from "../contract/user-error.ts";
import { ingestionStackName, LARGE_API, SHARED_PATH, SMALL_API } from "../domain/names.ts";
import { loadEnvironment } from "../env/load-environment.ts";
import type { Environment } from "../env/schema.ts";
import { renderCallersMap } from "../proxy/callers.ts";
import { configurationFile, writeConfiguration } from "../proxy/haproxy-process.ts";
import { luaFiles } from "../proxy/lua-files.ts";
import {
  ORIGIN_OF_OUTPUTS,
  type ProxySettings,
  parseStackOutputs,
  placeholderOutputs,
  proxySettings,
  type StackOutputs,
} from "../proxy/proxy-settings.ts";
import { callersMapFile, hasCallersMap } from "../proxy/render-callers.ts";
import { filesBeside, renderConfiguration } from "../proxy/render-configuration.ts";

const help = (
  environmentNames: readonly string[],
) => `usage: npm run proxy -- <environment> [--outputs <file>] [--directory <folder>] [--callers]

Prints the HAProxy configuration of an environment's external API proxy (${environmentNames.join(", ")}).

  --outputs <file>       the output of "terraform output -json" after the last apply of this environment. - reads it from
                         standard input. Outputs of another environment are refused. Without this option, host names are
                         placeholders: ${SMALL_API}-vpce-id.execute-api.…
  --directory <folder>   writes haproxy.cfg, its Lua files and ${callersMapFile} (the map of callers) to this folder. Without
                         --outputs, it does not overwrite a configuration that has real host names.
  --callers              prints only the map of callers. With --directory, writes only that file.

The first lines of haproxy.cfg list all files that it needs, such as certificates and keys.

  npm run proxy -- dev
  terraform -chdir=cdktf.out/stacks/${ingestionStackName("dev")} output -json | npm run -s proxy -- dev --outputs - --directory out
  npm run proxy -- dev --outputs outputs.json    # also of "npx cdktf output ${ingestionStackName("dev")} --outputs-file outputs.json"`;

export const main = command(
  {
    help,
    positionals: [1, 1],
    missing: "Name an environment.",
    options: { outputs: "text", directory: "text", callers: "flag" },
  },
  ({ positionals, text, isSet }, { env, environments, print }) => {
    const environment = loadEnvironment(positionals[0], environments);
    const [outputs, directory] = [text("outputs"), text("directory")];
    if (isSet("callers")) {
      if (outputs !== undefined) throw callersAlone();
      const map = mapOf(environment);
      print(directory === undefined ? map.trimEnd() : writeMap(map, directory, env));
      return 0;
    }
    const stackOutputs = outputs === undefined ? undefined : readOutputs(outputs, environment, env);
    const settings = proxySettings(environment, readDocuments(process.cwd()), stackOutputs);
    if (settings === undefined) {
      print(describeExternal(environment.name, stackOutputs ?? placeholderOutputs(environment)));
      return 0;
    }
    if (directory === undefined) {
      print(renderConfiguration(settings).trimEnd());
      return 0;
    }
    const folder = fromCaller(directory, env);
    if (stackOutputs === undefined) refusePlaceholders(folder, directory);
    writeConfiguration(settings, folder);
    print(describeWritten(settings, folder, directory));
    return 0;
  },
);

const callersAlone = () =>
  new UserError(
    `--callers renders only the map of callers, which does not depend on the stack's outputs. Omit --outputs.`,
    { exitCode: 2 },
  );

/** @throws UserError if the folder has a configuration with host names from outputs */
function refusePlaceholders(folder: string, directory: string): void {
  const file = join(folder, configurationFile);
  if (!existsSync(file) || !readFileSync(file, "utf8").includes(ORIGIN_OF_OUTPUTS)) return;
  throw new UserError(
    `${join(directory, configurationFile)} has the host names of a stack. Without --outputs, placeholders would replace them. Add --outputs <file>, or add --callers to write only ${callersMapFile}.`,
  );
}

function writeMap(map: string, directory: string, env: NodeJS.ProcessEnv): string {
  const folder = fromCaller(directory, env);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, callersMapFile), map);
  return `${join(directory, callersMapFile)} is written. Reload HAProxy to use it.`;
}

/** @throws UserError if the proxy of that environment has no map of callers */
function mapOf({ name, proxy }: Environment): string {
  if (proxy.kind !== "haproxy") {
    throw new UserError(
      `The environment ${name} uses an external proxy (proxy.kind is "external"). That proxy has its own list of callers, so there is no map to render.`,
    );
  }
  if (proxy.callers === SHARED_CALLER) {
    throw new UserError(
      `The environment ${name} has one tenant (proxy.callers is "${SHARED_CALLER}"), so it has no map of callers. To get one, list the callers in env/${name}.ts.`,
    );
  }
  return renderCallersMap(proxy.callers);
}

function readOutputs(file: string, environment: Environment, env: NodeJS.ProcessEnv): StackOutputs {
  if (file === "-") {
    return parseStackOutputs(readFileSync(process.stdin.fd, "utf8"), "Standard input", environment);
  }
  const path = fromCaller(file, env);
  if (!existsSync(path)) {
    throw new UserError(
      `There is no file ${file}. Create it in the stack's directory: terraform output -json > ${file}`,
    );
  }
  return parseStackOutputs(readFileSync(path, "utf8"), file, environment);
}

function describeWritten(settings: ProxySettings, folder: string, directory: string): string {
  const missing = filesBeside(settings).filter(([path]) => !existsSync(join(folder, path)));
  const width = Math.max(0, ...missing.map(([path]) => join(directory, path).length));
  const lines = missing.map(([path, holds]) => `  ${join(directory, path).padEnd(width)}   ${holds}`);
  const hasMap = hasCallersMap(settings);
  const written = [...luaFiles(settings).map(({ name }) => name), ...(hasMap ? [callersMapFile] : [])];
  return [
    `Wrote ${[join(directory, configurationFile), ...written].join(", ")}.`,
    settings.origin,
    ...(hasMap
      ? [
          `To add a caller later, add it to proxy.callers and run "npm run proxy -- <environment> --callers --directory ${directory}".`,
          `That writes only ${callersMapFile}. Then reload HAProxy.`,
        ]
      : []),
    ...(missing.length > 0 ? ["Add these files before you start HAProxy:", ...lines] : []),
  ].join("\n");
}

function describeExternal(name: string, { apiUrls, routes, payload }: StackOutputs): string {
  return [
    `The environment ${name} uses an external proxy (proxy.kind is "external"). Configure it like this:`,
    ...Object.entries(apiUrls).map(([api, url]) => `  ${api.padEnd(16)} ${url}`),
    ...routes.map(({ api, paths }) => `  Send ${paths.join(", ")} and all paths below to ${api}, unchanged.`),
    `  Send POST of ${payload.thresholdBytes} bytes or more, POST of ${SHARED_PATH}/…/files/…, and GET of documents to ${LARGE_API}. Send everything else to ${SMALL_API}.`,
    `  Refuse bodies of more than ${payload.maxBytes} bytes.`,
    `  Set ${CALLER_HEADER} to the name of the verified caller (${itemPattern.source}), or to ${SHARED_CALLER} for one tenant. Drop this header if a client sends it.`,
    "All rules, and the cases to test: docs/proxy.md.",
  ].join("\n");
}
