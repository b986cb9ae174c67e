// Reads a payload in one way, and writes by how many megabytes that raised the process' peak.
import { readFileSync } from "node:fs";
import { ways } from "./payload.ts";

const [file = "", way = ""] = process.argv.slice(2);
const payload = readFileSync(file);
const peakMegabytes = () => process.resourceUsage().maxRSS / 1024;

const before = peakMegabytes();
ways[way as keyof typeof ways](payload);
process.stdout.write(String(Math.max(0.1, peakMegabytes() - before)));
