import { dev } from "./dev.ts";
import { prod } from "./prod.ts";
import { test } from "./test.ts";
import { uat } from "./uat.ts";

/** Environments by their names, in the order of promotion; unchecked. */
export type RegisteredEnvironments = Readonly<Record<string, unknown>>;

/** Every environment of this project. */
export const registeredEnvironments: RegisteredEnvironments = { dev, test, uat, prod };
