import { proposals } from "./proposals.ts";
import type { Domain } from "./seam.ts";

/** What this project takes in. For another business, write a file like proposals.ts and name it here. */
export const domain: Domain = proposals;
