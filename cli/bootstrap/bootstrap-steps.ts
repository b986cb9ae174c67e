import { mkdirSync, readFileSync, realpathSync, symlinkSync } from "node:fs";
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

/** Of moto: nobody's. */
const ACCOUNT_ID = "123456789012";

/** From an empty folder to a verified record, in the order of the README. */
export function bootstrapSteps(options: BootstrapOptions): BootstrapStep[] {
  const { root, folder, name, from, tests, packages } = options;
  const project = join(folder, "project");
  const logs = join(folder, "logs");
  let env = options.env;
  const start = (title: string, command: readonly [string, ...string[]], more: NodeJS.ProcessEnv = {}) => {
    const log = join(logs, `${title.replace(/\W+/g, "-")}.log`);
    const started = startLogged(command, { cwd: project, env: { ...env, ...more }, log });
    options.onStart(started);
    return started;
  };
  const npm = (...args: readonly string[]): BootstrapStep => ({
    title: `npm ${args.join(" ")}`,
    run() {
      return start(this.title, ["npm", ...args]).succeeded();
    },
  });
  return [
    {
      title: "copy the project into an empty folder",
      async run() {
        mkdirSync(logs);
        await copyProject(root, project);
      },
    },
    packages === "install"
      ? npm("ci")
      : {
          title: "link the packages of this checkout",
          async run() {
            symlinkSync(realpathSync(join(root, "node_modules")), join(project, "node_modules"));
          },
        },
    {
      title: `add env/${name}.ts, and register it`,
      async run() {
        addEnvironment(project, { name, accountId: ACCOUNT_ID, from });
      },
    },
    npm("run", "synth"),
    ...(tests === "fast" ? [npm("run", "test:fast")] : []),
    npm("run", "test:plans", "--", name),
    {
      title: "start moto in the place of AWS",
      async run() {
        const launcher = join("__tests__", "support", "moto", "launch_moto.py");
        const moto = start("moto", ["python3", launcher, "--until-stdin-ends"], {
          MOTO_ACCOUNT_ID: ACCOUNT_ID,
          PYTHONDONTWRITEBYTECODE: "1",
        });
        const port = await moto.wrote(/^listening on (\d+)$/m);
        env = { ...env, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` };
      },
    },
    npm("run", "account", "--", name, "--auto-approve"),
    npm("run", "plan", "--", name),
    npm("run", "apply", "--", name, "--auto-approve"),
    {
      title: `npm start -- ${name} --applied`,
      async run() {
        await start(this.title, ["npm", "start", "--", name, "--applied"]).wrote(/ runs at (http:\S+)/);
      },
    },
    npm("run", "verify", "--", name, "--local"),
  ].filter(({ title }) => isThere(title, root));
}

/** Whether the checkout has the npm command that a step runs. */
function isThere(title: string, root: string): boolean {
  const script = /^npm run (\S+)/.exec(title)?.[1];
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return script === undefined || script in scripts;
}
