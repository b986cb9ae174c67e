import { afterEach, describe, expect, it } from "vitest";
import { SHARED_PATH, SMALL_API } from "../../../domain/names.ts";
import {
  childrenOf,
  descendantsOf,
  killCommands,
  listeningAddresses,
  runCommand,
  untilGone,
} from "../../support/commands.ts";
import { requireHaproxy } from "../../support/proxy/proxy-under-test.ts";
import { until } from "../../support/until.ts";

afterEach(killCommands);

describe("npm run demo, where HAProxy is installed", () => {
  it("takes its records through HAProxy, and says so", async () => {
    const { version } = await requireHaproxy();

    const { code, text } = await runCommand("tools/demo.ts").ended;

    expect(text).toContain(`Proxy: HAProxy ${version}, with the rules of production.`);
    expect(text).toContain("✓ it is refused (413)");
    expect(text).toMatch(/All checks passed, in \d+\.\d s\./);
    expect(text).not.toContain("✗");
    expect(code).toBe(0);
  });
});

describe("npm start, where HAProxy is installed", () => {
  it("stands behind HAProxy, logs what it refuses, and leaves nothing behind", async () => {
    const { version } = await requireHaproxy();
    const { pid, output, ended } = runCommand("tools/start.ts", [], { PORT: "0" }, { detached: true });
    await until(() => expect(output.text).toContain("Ctrl-C stops it"));
    const url = /runs at (http:\/\/127\.0\.0\.1:\d+)/.exec(output.text)?.[1];
    const children = childrenOf(pid);
    const addresses = children.flatMap(listeningAddresses);

    const headers = { Authorization: "Bearer saas" };
    const refused = await fetch(`${url}${SHARED_PATH}/a%2Fb`, { headers });
    const answered = await fetch(`${url}${SHARED_PATH}/none`, { headers });

    expect(output.text).toContain(`proxy: HAProxy ${version}`);
    expect([refused.status, answered.status]).toEqual([400, 404]);
    await until(() => {
      expect(output.text).toContain(`GET ${SHARED_PATH}/a%2Fb refused with 400`);
      expect(output.text).toContain(`GET ${SHARED_PATH}/none ─► ${SMALL_API} 404`);
    });
    // 127.0.0.1 in the kernel's byte order.
    expect(new Set(addresses)).toEqual(new Set(["0100007F"]));
    // As a terminal sends it: HAProxy is not told, so that it has not ended before it is stopped.
    process.kill(-pid, "SIGINT");
    expect((await ended).code).toBe(0);
    expect(output.text).toMatch(/Stopping …\nCloudWatch would have raised no alarm\.\n$/);
    expect(output.text).not.toContain("error:");
    await untilGone(children);
  });

  it("takes HAProxy and its functions along when it is killed", async () => {
    await requireHaproxy();
    const { pid, output, started } = runCommand("tools/start.ts", [], { PORT: "0" });
    await until(() => expect(output.text).toContain("Ctrl-C stops it"));
    // HAProxy, what watches over it, and the function that the test event of the bucket's notification starts.
    await until(() => expect(descendantsOf(pid)).toHaveLength(3));
    const processes = descendantsOf(pid);

    started.kill("SIGKILL");

    await untilGone(processes);
  });

  it("names a port that is taken", async () => {
    const first = runCommand("tools/start.ts", [], { PORT: "0" });
    await until(() => expect(first.output.text).toContain("Ctrl-C stops it"));
    const port = /runs at http:\/\/127\.0\.0\.1:(\d+)/.exec(first.output.text)?.[1] ?? "";

    const second = await runCommand("tools/start.ts", [], { PORT: port }).ended;
    // By itself, so that HAProxy goes with it.
    first.started.kill("SIGINT");
    await first.ended;

    expect(second.code).toBe(1);
    expect(second.text).toMatch(
      new RegExp(`^Port ${port} cannot be used: another process uses it\\. .*PORT=0`, "m"),
    );
  });
});
