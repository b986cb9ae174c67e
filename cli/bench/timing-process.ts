// Runs a command, and writes for how many milliseconds it ran.
import { execFileSync } from "node:child_process";

const [file = "", ...args] = process.argv.slice(2);
const start = process.hrtime.bigint();
execFileSync(file, args, { stdio: ["ignore", "ignore", "inherit"] });
process.stdout.write(String(Number(process.hrtime.bigint() - start) / 1e6));
