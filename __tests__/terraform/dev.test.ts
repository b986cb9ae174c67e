import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadEnvironment } from "../../env/load-environment.ts";
import { Deployment, type StateResource } from "../support/deployment.ts";
import { startMoto } from "../support/moto/moto.ts";

let dev: Deployment;
let state: StateResource[];

beforeAll(async () => {
  dev = new Deployment("dev", await startMoto(loadEnvironment("dev").accountId));
  await dev.init();
  await dev.apply();
  state = await dev.state();
}, 600_000);

afterAll(async () => {
  await dev?.moto.stop();
  dev?.remove();
});

describe("dev, applied", () => {
  it("needs no change", async () => {
    expect(await dev.plan()).toEqual([]);
  });
});
