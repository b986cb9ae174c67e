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

  --outputs <file>       what "terraform output -json" printed after an apply of this environment, as its file describes it
                         now; - reads it from standard input. Outputs of another environment are refused.
                         Without it, host names are placeholders: ${SMALL_API}-vpce-id.execute-api.…
  --directory <folder>   writes haproxy.cfg there, and what it needs beside it: files of Lua, and ${callersMapFile}, the map of
                         callers. Host names that are there already are not replaced by placeholders.
  --callers              prints the map of callers alone; with --directory it writes that file alone

What else has to lie beside it (certificates, keys), haproxy.cfg says in its first lines.

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
    `--callers is the map alone, which the stack's outputs have nothing to do with: leave --outputs out.`,
    { exitCode: 2 },
  );

/** @throws UserError where a configuration lies there whose host names the outputs have told */
function refusePlaceholders(folder: string, directory: string): void {
  const file = join(folder, configurationFile);
  if (!existsSync(file) || !readFileSync(file, "utf8").includes(ORIGIN_OF_OUTPUTS)) return;
  throw new UserError(
    `${join(directory, configurationFile)} has the host names of a stack, and without --outputs they would be placeholders. Give --outputs, or --callers to write ${callersMapFile} alone.`,
  );
}

function writeMap(map: string, directory: string, env: NodeJS.ProcessEnv): string {
  const folder = fromCaller(directory, env);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, callersMapFile), map);
  return `${join(directory, callersMapFile)} is written. Reload HAProxy, and it counts.`;
}

/** @throws UserError where the proxy of that environment looks nobody up */
function mapOf({ name, proxy }: Environment): string {
  if (proxy.kind !== "haproxy") {
    throw new UserError(
      `The environment ${name} has somebody else's proxy in front (proxy.kind is "external"): it keeps its callers itself.`,
    );
  }
  if (proxy.callers === SHARED_CALLER) {
    throw new UserError(
      `The environment ${name} has one tenant (proxy.callers is "${SHARED_CALLER}"): there is no map. Name its callers in env/${name}.ts to have one.`,
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
      `There is no file ${file}. Write it with "terraform output -json > ${file}", in the stack's directory.`,
    );
  }
  return parseStackOutputs(readFileSync(path, "utf8"), file, environment);
}

function describeWritten(settings: ProxySettings, folder: string, directory: string): string {
  const missing = filesBeside(settings).filter(([path]) => !existsSync(join(folder, path)));
  const lines = missing.map(([path, holds]) => `  ${join(directory, path)}   ${holds}`);
  const hasMap = hasCallersMap(settings);
  const written = [...luaFiles(settings).map(({ name }) => name), ...(hasMap ? [callersMapFile] : [])];
  return [
    `${join(directory, configurationFile)}, ${written.join(", ")} are written.`,
    settings.origin,
    ...(hasMap
      ? [
          `A caller is added by its entry in proxy.callers: "npm run proxy -- <environment> --callers --directory ${directory}" writes ${callersMapFile} alone; then reload HAProxy.`,
        ]
      : []),
    ...(missing.length > 0 ? ["Still missing there:", ...lines] : []),
  ].join("\n");
}

function describeExternal(name: string, { apiUrls, routes, payload }: StackOutputs): string {
  return [
    `The environment ${name} has somebody else's proxy in front (proxy.kind is "external"). It needs:`,
    ...Object.entries(apiUrls).map(([api, url]) => `  ${api.padEnd(16)} ${url}`),
    ...routes.map(({ api, paths }) => `  ${paths.join(", ")} and what is below go to ${api}, as they are.`),
    `  POST from ${payload.thresholdBytes} bytes on, POST of ${SHARED_PATH}/…/files/…, and GET of documents, go to ${LARGE_API}, everything else to ${SMALL_API}.`,
    `  More than ${payload.maxBytes} bytes are refused.`,
    `  It sets ${CALLER_HEADER} itself, to the name of the caller that it has verified (${itemPattern.source}), or to ${SHARED_CALLER} for one tenant; what a client sends in it never arrives.`,
    "docs/proxy.md has the rules to copy, and the edges to test.",
  ].join("\n");
}
