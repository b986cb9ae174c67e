import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect } from "vitest";
import { until } from "../until.ts";
import { requireHaproxy } from "./proxy-under-test.ts";

/** HAProxy as a service runs it: a master process, which reads the files again when it is told to. */
export async function startReloadingHaproxy(configuration: string) {
  const { path } = await requireHaproxy();
  const master = spawn(path, ["-W", "-db", "-f", configuration], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  master.stderr.on("data", (chunk) => {
    said += chunk;
  });
  let starts = 1;
  const times = (text: string) => said.split(text).length - 1;
  // Until then the master does not hear a signal.
  await until(() => expect(times("Loading success")).toBe(starts));
  return {
    /** Waits until it runs with the files as they are now. */
    async reload(): Promise<void> {
      starts += 1;
      master.kill("SIGUSR2");
      await until(() => expect(times("Loading success")).toBe(starts));
    },
    /** Waits until it has refused them. */
    async reloadInVain(): Promise<string> {
      const failures = times("Loading failure");
      master.kill("SIGUSR2");
      await until(() => expect(times("Loading failure")).toBe(failures + 1));
      return said;
    },
    async stop(): Promise<void> {
      if (master.exitCode !== null) return;
      master.kill("SIGTERM");
      await once(master, "exit");
    },
  };
}
