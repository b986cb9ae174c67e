import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { MINIMUM_TERRAFORM } from "../terraform/check-terraform.ts";
import { minorOf, type SupportUse, usesOfNode } from "./support-use.ts";

const manifest = z.object({
  engines: z.object({ node: z.string() }),
  dependencies: z.object({ cdktf: z.string() }),
});

/** What the project's own files name: package.json, the stacks' `required_version`, and what builds run. */
export function usesOfProject(projectRoot: string): SupportUse[] {
  const read = (file: string) => readFileSync(join(projectRoot, file), "utf8");
  const { engines, dependencies } = manifest.parse(JSON.parse(read("package.json")));
  return [
    ...usesOfNode(/\d+/.exec(engines.node)?.[0] ?? "", "oldest that package.json accepts"),
    { product: "cdktf", version: minorOf(dependencies.cdktf), where: "package.json" },
    { product: "Terraform", version: minorOf(MINIMUM_TERRAFORM), where: "oldest that the stacks accept" },
    ...buildFiles(projectRoot).flatMap((file) => usesOfBuild(file, read(file))),
  ];
}

const buildFiles = (projectRoot: string) => [
  ...yamlFiles(projectRoot, ".").filter((file) => file.startsWith("buildspec.")),
  ...yamlFiles(projectRoot, join(".github", "workflows")),
];

const yamlFiles = (projectRoot: string, folder: string) =>
  readdirSync(join(projectRoot, folder))
    .filter((name) => name.endsWith(".yml"))
    .map((name) => join(folder, name))
    .toSorted();

function usesOfBuild(file: string, text: string): SupportUse[] {
  const versions = (key: RegExp) => [...text.matchAll(key)].map(([, version = ""]) => version);
  return [
    ...versions(/^ *(?:node-version|nodejs): *["']?(\d+)/gm).flatMap((major) => usesOfNode(major, file)),
    ...versions(/^ *(?:terraform_version|TERRAFORM_VERSION): *["']?(\d+\.\d+)/gm).map(
      (version): SupportUse => ({ product: "Terraform", version, where: file }),
    ),
  ];
}
