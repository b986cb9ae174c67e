import { UserError } from "../contract/user-error.ts";
import type { ApiChoices } from "../emulator/api-choices.ts";
import type { ApiKey } from "../emulator/api-gateway/guards/api-key.ts";
import type { Environment } from "../env/schema.ts";
import type { Arguments } from "./command.ts";

/** Of the commands that run a stack on this machine. */
export const apiOptions = { skip: "texts", "api-key": "texts", "allow-host": "texts" } as const;

export const apiOptionsHelp = `\
  --skip "<METHOD> <path>"   leaves out a route of the APIs' documents, such as "GET /items/{id}" or "ANY /items", which then
                             answers 501; without it, one that is not executed here keeps everything from being started.
                             An API's name may stand before it: "orders GET /items/{id}"
  --api-key <id>=<value>     a key that methods with an API key take in x-api-key; it is never shown. API_KEYS="<id>=<value> …"
                             says the same, without the command line knowing it
  --allow-host <host>        a host that HTTP integrations may call, beside those of the loopback interface
                             Each of them may be given several times.`;

/** @throws UserError for what is none, without showing a key */
export function readApiChoices({ texts }: Pick<Arguments, "texts">, env: NodeJS.ProcessEnv): ApiChoices {
  const listed = (env["API_KEYS"] ?? "").split(/[\s,]+/).filter((text) => text !== "");
  return {
    skip: texts("skip").map(readRoute),
    apiKeys: [
      ...texts("api-key").map((text) => readKey(text, "An --api-key")),
      ...listed.map((text) => readKey(text, "A word of API_KEYS")),
    ],
    httpHosts: texts("allow-host").map(readHost),
  };
}

/** For what has no use for the keys of APIs. */
export function withoutApiKeys({ API_KEYS: _, ...env }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return env;
}

/** Where the documents of an environment's APIs lie, by the APIs' names. */
export function documentFiles({ apis }: Environment): Record<string, string> {
  return Object.fromEntries(apis.map(({ name, document }) => [name, `specs/${document}`]));
}

function readRoute(text: string): string {
  const [, api, method = "", path = ""] = /^(?:([\w-]+) +)?([A-Za-z]+) +(\/.*)$/.exec(text.trim()) ?? [];
  if (path === "") throw wrong(`--skip "${text}" must be a method and a path, such as "GET /items/{id}".`);
  return `${api === undefined ? "" : `${api} `}${method.toUpperCase()} ${path}`;
}

function readKey(text: string, what: string): ApiKey {
  const [, id = "", value = ""] = /^([\w-]+)=(.+)$/s.exec(text) ?? [];
  if (value === "") {
    throw wrong(
      `${what} is not <id>=<value>, where the id has letters, digits, "-" and "_". It is not shown here.`,
    );
  }
  return { id, value };
}

function readHost(text: string): string {
  if (!/^[\w.-]+(:\d+)?$/.test(text)) {
    throw wrong(`--allow-host "${text}" must be a host alone, such as api.example.com.`);
  }
  return text.toLowerCase();
}

function wrong(problem: string): UserError {
  return new UserError(problem, { exitCode: 2 });
}
