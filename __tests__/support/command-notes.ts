export interface CommandNote {
  /** One sentence without its subject. */
  readonly does: string;
  /** Beside Node.js and the packages; nothing if it is absent. */
  readonly needs?: string;
}

const terraform = "Terraform";
const account = "AWS credentials";

/** What `npm run docs` writes about each npm script, by what people use it for. */
export const COMMAND_NOTES: Readonly<Record<string, Readonly<Record<string, CommandNote>>>> = {
  "Run on this machine": {
    demo: {
      does: "Runs the first environment (`dev`, as shipped) on this machine, sends records through it, and checks every answer.",
    },
    start: { does: "Runs an environment on this machine until Ctrl-C." },
    bootstrap: {
      does: "Copies the project to an empty folder, applies a new environment to moto, verifies it, and prints the time of each step.",
      needs: `git, ${terraform}, Python 3 with moto`,
    },
  },
  "Environments and Terraform": {
    env: { does: "Prints every setting of an environment and its origin." },
    synth: { does: "Writes the Terraform JSON of every environment." },
    validate: { does: "Runs `terraform validate` on every synthesized stack.", needs: terraform },
    account: {
      does: "Sets up API Gateway's logging role, once for each account and region.",
      needs: `${terraform}, ${account}`,
    },
    plan: {
      does: "Synthesizes an environment and runs `terraform plan`.",
      needs: `${terraform}, ${account}`,
    },
    apply: {
      does: "Synthesizes an environment and runs `terraform apply`.",
      needs: `${terraform}, ${account}`,
    },
    destroy: {
      does: "Synthesizes an environment and runs `terraform destroy`.",
      needs: `${terraform}, ${account}`,
    },
    proxy: { does: "Writes the configuration of an environment's proxy." },
  },
  "Operate an environment": {
    verify: {
      does: "Sends records through an applied environment, and checks what happens to them.",
      needs: "a caller's credentials, except with `--local`; AWS credentials for some checks",
    },
    redrive: {
      does: "Shows the messages in the dead-letter queue, moves them back to the intake queue, or deletes one.",
      needs: `${account}, except with \`--local\``,
    },
    replay: {
      does: "Counts the payloads that wait in the intake bucket, or queues them again.",
      needs: `${account}, except with \`--local\``,
    },
    support: { does: "Prints when support ends for the versions that the project uses." },
  },
  "OpenAPI documents": {
    spec: {
      does: "Adds, imports, checks, exports and compares OpenAPI documents.",
      needs: "nothing; AWS credentials for `export`",
    },
  },
  "Build and release": {
    release: {
      does: "Names a build by its SHA-256, or releases it to environments through Terraform Enterprise.",
      needs: "a token of Terraform Enterprise, except for `build` and `fetch`",
    },
  },
  "Checks and tests": {
    check: {
      does: "Checks format, lint, types and unused code, and that `specs/` is up to date with the domain.",
    },
    test: { does: "Runs all tests that need only npm. Long simulations run a tenth of their rounds." },
    "test:fast": { does: "Runs the quick tests, for use while you edit." },
    "test:invariants": {
      does: "Runs the long simulations in full: faults under load, broken transfers, crashes, erasure, hostile payloads.",
    },
    "test:edits": {
      does: "Edits, adds and removes environments and documents in copies of the project, and tests them.",
    },
    "test:domain": {
      does: "Replaces the domain in a copy of the project, and runs its demonstration and tests.",
      needs: "git; to validate too, Terraform and a provider mirror",
    },
    "test:plans": {
      does: "Plans every stack with mocked providers, and checks that each rule of a variable refuses wrong values.",
      needs: terraform,
    },
    "test:terraform": {
      does: "Validates every environment, applies two of them to moto, sends payloads, and changes and destroys them.",
      needs: `git, ${terraform}, Python 3 with moto, a provider mirror, a Node.js with which npx cdktf runs`,
    },
    "test:buildspecs": {
      does: "Runs the buildspecs of AWS CodeBuild in clean clones, without AWS and Terraform Enterprise.",
      needs: `git, ${terraform}, a provider mirror`,
    },
    "test:proxy": { does: "Tests the proxy with a real HAProxy.", needs: "HAProxy with Lua, openssl" },
    vectors: {
      does: "Checks that the local API Gateway behaves as AWS's does in the recorded cases of a folder.",
    },
    bench: { does: "Measures payloads, memory, functions, synthesis and the proxy." },
    "synth:cdktn": {
      does: "Synthesizes with cdktf and with its fork cdktn, and compares the results.",
      needs: "Node.js 22.19 or newer, the npm registry",
    },
    docs: { does: "Writes the pages of `docs/reference/` that come from the code." },
  },
};
