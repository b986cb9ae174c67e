import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { noteStatePlace, refuseSecondState } from "../../../cli/terraform/state-places.ts";

const stack = "account-dev";
const name = "terraform.account-dev.tfstate";
const managed = { resources: [{ mode: "managed" }, { mode: "data" }, { mode: "managed" }] };
let folder: string;
let projectRoot: string;
let elsewhere: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "places-"));
  projectRoot = join(folder, "project");
  elsewhere = join(folder, "elsewhere");
  for (const each of [projectRoot, elsewhere])
    mkdirSync(join(each, "cdktf.out", "stacks", stack), { recursive: true });
});

afterEach(() => rmSync(folder, { recursive: true }));

const placesOf = (base: string, outdir = "cdktf.out") => ({
  stack,
  backend: { kind: "local" } as const,
  directory: join(base, outdir, "stacks", stack),
  projectRoot,
});
const write = (base: string, state: object | string) =>
  writeFileSync(join(base, name), typeof state === "string" ? state : JSON.stringify(state));

describe("the local state of a stack", () => {
  it("is refused with another CDKTF_OUTDIR while one also lies in the project, and both are named", () => {
    write(projectRoot, managed);

    expect(() => refuseSecondState(placesOf(elsewhere))).toThrow(
      [
        "account-dev has a local state at more than one place, because CDKTF_OUTDIR was not always the same:",
        `  ${join(elsewhere, name)}: no resources, with CDKTF_OUTDIR=${join(elsewhere, "cdktf.out")} (this command would use it)`,
        `  ${join(projectRoot, name)}: 2 resources, without CDKTF_OUTDIR, and with npx cdktf`,
        "With the wrong state, Terraform creates everything a second time. Nothing was changed. Do one of these:",
        "  To use the second state: unset CDKTF_OUTDIR",
        "  To use the first state: make sure that nothing in the second is needed any more",
      ].join("\n"),
    );
    expect(() => refuseSecondState(placesOf(projectRoot))).not.toThrow();
  });

  it("is refused without CDKTF_OUTDIR after an apply with it, until one of both is moved away", () => {
    noteStatePlace(placesOf(elsewhere));
    write(elsewhere, managed);

    expect(() => refuseSecondState(placesOf(projectRoot))).toThrow(
      `To use the second state: export CDKTF_OUTDIR=${join(elsewhere, "cdktf.out")}\n`,
    );
    expect(() => refuseSecondState(placesOf(elsewhere))).not.toThrow();

    rmSync(join(elsewhere, name));
    expect(() => refuseSecondState(placesOf(projectRoot))).not.toThrow();
  });

  it("is found in each output folder of an apply, and those without resources are forgotten", () => {
    const third = join(folder, "third");
    mkdirSync(third);
    noteStatePlace(placesOf(elsewhere));
    write(elsewhere, { resources: [] });
    noteStatePlace(placesOf(third));
    write(third, managed);
    noteStatePlace(placesOf(elsewhere));

    expect(readFileSync(join(projectRoot, `${name}.places`), "utf8")).toBe(
      `${join(third, "cdktf.out")}\n${join(elsewhere, "cdktf.out")}\n`,
    );
    expect(() => refuseSecondState(placesOf(elsewhere))).toThrow(join(third, name));
  });

  it.each([
    ["is empty after a destroy", { resources: [{ mode: "data" }] }],
    ["has no resources yet", { version: 4 }],
  ])("stands in nobody's way where the other one %s", (_, state) => {
    write(projectRoot, state);

    expect(() => refuseSecondState(placesOf(elsewhere))).not.toThrow();
  });

  it("counts what it cannot read, rather than overlook it", () => {
    write(projectRoot, "no JSON");

    expect(() => refuseSecondState(placesOf(elsewhere))).toThrow("1 resource");
  });

  it("is one and the same for each output folder in the project, and behind a link", () => {
    write(projectRoot, managed);
    mkdirSync(join(projectRoot, "build", "stacks", stack), { recursive: true });
    symlinkSync(projectRoot, join(folder, "link"));

    for (const places of [placesOf(projectRoot, "build"), placesOf(join(folder, "link"))]) {
      expect(() => refuseSecondState(places)).not.toThrow();
      noteStatePlace(places);
    }
    expect(existsSync(join(projectRoot, `${name}.places`))).toBe(false);
  });

  it("is not looked for where the environment keeps its state elsewhere", () => {
    write(projectRoot, managed);
    const backend = { kind: "s3", bucket: "states", key: "dev", region: "eu-central-1" } as const;

    expect(() => refuseSecondState({ ...placesOf(elsewhere), backend })).not.toThrow();
    noteStatePlace({ ...placesOf(elsewhere), backend });
    expect(existsSync(join(projectRoot, `${name}.places`))).toBe(false);
  });
});
