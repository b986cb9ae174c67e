import { dev } from "./dev.ts";
import { prod } from "./prod.ts";
import { test } from "./test.ts";
import { uat } from "./uat.ts";

/** Every environment of this project, in the order of promotion. */
export const registeredEnvironments = { dev, test, uat, prod };
