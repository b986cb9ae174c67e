import { join } from "node:path";
import { inject } from "vitest";
import { readDocuments } from "../../cli/read-documents.ts";
import { ingestionStackName } from "../../domain/names.ts";
import * as load from "../../env/load-environment.ts";
import type { Environment } from "../../env/schema.ts";
import { registeredEnvironments } from "../fixtures/env/environments.ts";

/** Tests that need particular values take them from environments of their own: those of env/ are the user's to edit. */
export const environmentNames = Object.keys(registeredEnvironments);

export function loadEnvironment(name: string | undefined): Environment {
  return load.loadEnvironment(name, registeredEnvironments);
}

export function loadEnvironments(): Environment[] {
  return load.loadEnvironments(registeredEnvironments);
}

/** Those that the tests' environments name. */
export const documents = readDocuments(process.cwd());

/** Where the tests' environments were synthesized, once for all tests. */
export function synthesizedFolder(): string {
  return join(inject("fixtureProject"), "cdktf.out");
}

/** The directory of a synthesized environment's stack; nobody writes there. */
export function synthesizedStack(environment: string): string {
  return join(synthesizedFolder(), "stacks", ingestionStackName(environment));
}

/** An API's name, as it stands in addresses, variables and locals of its stack. */
export function terraformName(api: string): string {
  return api.replaceAll("-", "_");
}

/** @throws Error where the environment keeps its state elsewhere */
export function tfeBackend(name: string): Extract<Environment["backend"], { kind: "tfe" }> {
  const { backend } = loadEnvironment(name);
  if (backend.kind !== "tfe") throw new Error(`${name} keeps its state in ${backend.kind}`);
  return backend;
}
