// Prints the folder of the provider mirror that the tests use, for the gate.
import { findPluginDirectory } from "./terraform.ts";

console.log(findPluginDirectory());
