// Commands whose names are settled and whose work is not done yet: they say so and fail.

/** @type {Record<string, string>} */
const purposes = {
  spec: "import, export and lint OpenAPI documents",
};

const command = process.argv[2] ?? "";
const purpose = purposes[command] ?? "do something that is not known";
console.error(`"npm run ${command}" is not available yet. It will ${purpose}.`);
process.exitCode = 1;
