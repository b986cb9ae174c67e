// Reads a payload in one way, and writes by how many bytes that raised the process' peak.
import { readFileSync } from "node:fs";
import { extraPeakBytes } from "./peak-memory.ts";
import { ways } from "./ways.ts";

const [file = "", name = ""] = process.argv.slice(2);
const payload = readFileSync(file);
const way = Object.entries(ways).find(([known]) => known === name)?.[1];
if (way === undefined) throw new Error(`There is no way "${name}".`);
process.stdout.write(String(extraPeakBytes(() => way(payload))));
