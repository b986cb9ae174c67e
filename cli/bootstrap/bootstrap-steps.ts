import { mkdirSync, realpathSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { addEnvironment } from "./add-environment.ts";
import { copyProject } from "./copy-project.ts";
import { type LoggedProcess, startLogged } from "./start-logged.ts";

/** One line of what is printed. */
export interface BootstrapStep {
  readonly title: string;
  run(): Promise<void>;
}

export interface BootstrapOptions {
  /** The checkout that is copied. */
  readonly root: string;
  /** Empty. */
  readonly folder: string;
  readonly name: string;
  /** The environment that the new one is copied from. */
  readonly from: string;
  readonly tests: "fast" | "none";
  readonly packages: "install" | "linked";
  readonly env: NodeJS.ProcessEnv;
  /** Is told of every process that is started. */
  readonly onStart: (started: LoggedProcess) => void;
}

/** Nobody's: moto answers for it. */
const ACCOUNT_ID = "123456789012";

type Command = readonly [string, ...string[]];

/** From an empty folder to a verified record, in the order of the README. */
export function bootstrapSteps(options: BootstrapOptions): BootstrapStep[] {
  const { folder, name, tests } = options;
  const project = join(folder, "project");
  const logs = join(folder, "logs");
  const env = { ...options.env };
  const start = (title: string, command: Command): LoggedProcess => {
    const log = join(logs, `${title.replace(/\W+/g, "-")}.log`);
    const started = startLogged(command, { cwd: project, env, log });
    options.onStart(started);
    return started;
  };
  const npm = (...args: readonly string[]): BootstrapStep => {
    const title = `npm ${args.join(" ")}`;
    return { title, run: () => start(title, ["npm", ...args]).succeeded() };
  };
  return [
    ...sourceSteps(options, { project, logs, install: npm("ci") }),
    npm("run", "synth"),
    ...(tests === "fast" ? [npm("run", "test:fast"), npm("run", "test:plans", "--", name)] : []),
    motoStep(start, env),
    npm("run", "account", "--", name, "--auto-approve"),
    npm("run", "plan", "--", name),
    npm("run", "apply", "--", name, "--auto-approve"),
    serviceStep(start, name),
    npm("run", "verify", "--", name, "--local"),
  ];
}

interface Places {
  /** Where the copy comes to lie. */
  readonly project: string;
  readonly logs: string;
  readonly install: BootstrapStep;
}

function sourceSteps(
  { root, name, from, packages }: BootstrapOptions,
  { project, logs, install }: Places,
): BootstrapStep[] {
  const link: BootstrapStep = {
    title: "link the packages of this checkout",
    async run() {
      symlinkSync(realpathSync(join(root, "node_modules")), join(project, "node_modules"));
    },
  };
  return [
    {
      title: "copy the project into an empty folder",
      run() {
        mkdirSync(logs);
        return copyProject(root, project);
      },
    },
    packages === "install" ? install : link,
    {
      title: `add env/${name}.ts, and register it`,
      async run() {
        addEnvironment(project, { name, accountId: ACCOUNT_ID, from });
      },
    },
  ];
}

/** From it on, `env` leads to moto. */
function motoStep(start: (title: string, command: Command) => LoggedProcess, env: NodeJS.ProcessEnv) {
  const title = "start moto instead of AWS";
  const launcher = join("__tests__", "support", "moto", "launch_moto.py");
  return {
    title,
    async run() {
      Object.assign(env, { MOTO_ACCOUNT_ID: ACCOUNT_ID, PYTHONDONTWRITEBYTECODE: "1" });
      const moto = start(title, ["python3", launcher, "--until-stdin-ends"]);
      const port = await moto.wrote(/^listening on (\d+)$/m);
      env["AWS_ENDPOINT_URL"] = `http://127.0.0.1:${port}`;
    },
  };
}

function serviceStep(start: (title: string, command: Command) => LoggedProcess, name: string) {
  const title = `npm start -- ${name} --applied`;
  return {
    title,
    async run() {
      await start(title, ["npm", "start", "--", name, "--applied"]).wrote(/ runs at (http:\S+)/);
    },
  };
}
