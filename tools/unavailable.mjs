// Commands whose names are settled and whose work is not done yet: they say so and fail.

/** @type {Record<string, string>} */
const purposes = {
  demo: "synthesize dev, run it on this machine and send a small and a large proposal through it",
  start: "run the synthesized dev stack on this machine",
  spec: "import, export and lint OpenAPI documents",
  proxy: "print the external proxy's configuration for an environment",
  "test:proxy": "test the external proxy's configuration against a real HAProxy",
};

const command = process.argv[2] ?? "";
const purpose = purposes[command] ?? "do something that is not known";
console.error(`"npm run ${command}" is not available yet. It will ${purpose}.`);
process.exitCode = 1;
