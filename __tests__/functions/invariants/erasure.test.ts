import { describe, expect, it } from "vitest";
import { contents, ErasureWorld, type History } from "../../support/simulation/erasure-world.ts";
import { runEverySchedule, type SteppedOperation } from "../../support/simulation/schedules.ts";

type Create = (world: ErasureWorld) => SteppedOperation[];

interface Run {
  readonly days: number;
  readonly history: History;
  readonly create: Create;
}

/** Everything that can happen between these operations. */
function runAll({ days, history, create }: Run): Promise<number> {
  return runEverySchedule(async () => {
    const world = await new ErasureWorld(days).prepare(history);
    return {
      operations: create(world),
      problems: () => world.problems(),
      memory: () => world.memory(),
      finalProblems: async () => world.finalProblems(),
    };
  });
}

const histories = {
  "nothing was there": [],
  "a record of the same bytes was there": ["same"],
  "a record of other bytes was there, which had replaced the same ones": ["same", "other"],
  "a deletion was there": ["same", "deletion"],
  "a deletion was there that had removed nothing": ["same", "deletion that removed nothing"],
} satisfies Record<string, History>;

const pairs = {
  "a deletion and a newer submission of the same bytes": (world) => [
    world.deletion("d", 10),
    world.submission("s", 20, contents.same),
  ],
  "a deletion and an older submission of the same bytes": (world) => [
    world.deletion("d", 20),
    world.submission("s", 10, contents.same),
  ],
  "a deletion and a newer submission of third bytes": (world) => [
    world.deletion("d", 10),
    world.submission("s", 20, contents.third),
  ],
  "two deletions": (world) => [world.deletion("d1", 10), world.deletion("d2", 20)],
  "two deliveries of one newer submission, and a deletion": (world) => [
    world.deletion("d", 10),
    world.submission("s", 20, contents.same),
    world.submission("again", 20, contents.same, { submissionId: "s" }),
  ],
} satisfies Record<string, Create>;

describe.each([0, 30])("with deleted documents kept for %i days", (days) => {
  for (const [where, history] of Object.entries(histories)) {
    for (const [what, create] of Object.entries(pairs)) {
      it(`${where}: ${what}`, async () => {
        process.stdout.write(`${days}|${where}|${what}|${await runAll({ days, history, create })}\n`);
      });
    }
  }
});
const triples = {
  "two deletions and a newer submission": (world) => [
    world.deletion("d1", 10),
    world.deletion("d2", 20),
    world.submission("s", 30, contents.same),
  ],
  "two deletions around a submission": (world) => [
    world.deletion("d1", 10),
    world.deletion("d2", 30),
    world.submission("s", 20, contents.same),
  ],
  "a deletion between two": (world) => [
    world.deletion("d", 20),
    world.submission("s1", 10, contents.same),
    world.submission("s2", 30, contents.same),
  ],
  "a deletion before two": (world) => [
    world.deletion("d", 10),
    world.submission("s1", 20, contents.same),
    world.submission("s2", 30, contents.same),
  ],
} satisfies Record<string, Create>;
describe.each([0])("triples with deleted documents kept for %i days", (days) => {
  for (const [where, history] of Object.entries(histories)) {
    for (const [what, create] of Object.entries(triples)) {
      it(`${where}: ${what}`, async () => {
        const t = Date.now();
        process.stdout.write(
          `${days}|${where}|${what}|${await runAll({ days, history, create })}|${Date.now() - t}\n`,
        );
      });
    }
  }
});
