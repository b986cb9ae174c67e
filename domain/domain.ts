import { proposals } from "./proposals.ts";
import type { Domain } from "./seam.ts";

/** The domain that the APIs serve. For another business, write a file like proposals.ts and import it here. */
export const domain: Domain = proposals;
