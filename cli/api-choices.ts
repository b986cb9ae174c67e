import { UserError } from "../contract/user-error.ts";
import type { ApiChoices } from "../emulator/api-choices.ts";
import type { ApiKey } from "../emulator/api-gateway/guards/api-key.ts";
import type { Environment } from "../env/schema.ts";
import type { Arguments } from "./command.ts";

/** Of the commands that run a stack on this machine. */
export const apiOptions = { skip: "texts", "api-key": "texts", "allow-host": "texts" } as const;

export const apiOptionsHelp = `\
  --skip "<METHOD> <path>"   leaves out an operation, such as "GET /items/{id}" or "ANY /items"; it answers 501. Use it for an
                             operation that cannot run on this machine, which otherwise stops the start. With the name of
                             an API: "orders GET /items/{id}"
  --api-key <id>=<value>     an API key that methods accept in x-api-key; it is never printed. To keep it out of the command
                             line, set API_KEYS="<id>=<value> …" instead
  --allow-host <host>        a host that HTTP integrations may call, in addition to this machine
                             Each of these options may be given several times.`;

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
  if (path === "") throw wrong(`--skip "${text}": write a method and a path, such as "GET /items/{id}".`);
  return `${api === undefined ? "" : `${api} `}${method.toUpperCase()} ${path}`;
}

function readKey(text: string, what: string): ApiKey {
  const [, id = "", value = ""] = /^([\w-]+)=(.+)$/s.exec(text) ?? [];
  if (value === "") {
    throw wrong(
      `${what} is not <id>=<value>, with letters, digits, "-" and "_" in the id. The value is not printed here.`,
    );
  }
  return { id, value };
}

function readHost(text: string): string {
  if (!/^[\w.-]+(:\d+)?$/.test(text)) {
    throw wrong(`--allow-host "${text}": write only a host, such as api.example.com.`);
  }
  return text.toLowerCase();
}

function wrong(problem: string): UserError {
  return new UserError(problem, { exitCode: 2 });
}
