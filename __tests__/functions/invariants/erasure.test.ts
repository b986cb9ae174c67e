import { describe, expect, it } from "vitest";
import { sampleHashes } from "../../support/function-records.ts";
import {
  contents,
  ErasureWorld,
  type History,
  type UseCases,
} from "../../support/simulation/erasure-world.ts";
import { isFull } from "../../support/simulation/scale.ts";
import { runEverySchedule, type SteppedOperation } from "../../support/simulation/schedules.ts";
import { loadWithBug, type SeededBug } from "../../support/simulation/seed-bug.ts";

type Create = (world: ErasureWorld) => SteppedOperation[];

/** What comes once nothing of it can go on. */
type End = (world: ErasureWorld) => Promise<readonly string[]>;

const nothingMore: End = async (world) => world.finalProblems();

/** Everything that can happen between these operations: how many orders of their calls there are, none of which does harm. */
function countOrders(
  days: number,
  history: History,
  create: Create,
  { end = nothingMore, useCases }: { end?: End; useCases?: UseCases } = {},
): Promise<number> {
  return runEverySchedule(async () => {
    const world = await new ErasureWorld(days, useCases).prepare(history);
    return {
      operations: create(world),
      problems: () => world.problems(),
      finalProblems: () => end(world),
      memory: () => world.memory(),
    };
  });
}

const retried: End = async (world) => {
  await world.recover({ deletion: 50 });
  return world.finalProblems();
};
const swept: End = async (world) => {
  await world.recover();
  return world.finalProblems();
};

const empty: History = [];
const same: History = ["same"];
const other: History = ["same", "other"];
const deleted: History = ["same", "deletion"];
const leftover: History = ["same", "deletion that removed nothing"];

const places: [string, History][] = [
  ["where nothing was", empty],
  ["where a record of the same bytes was", same],
  ["where a record of other bytes was, which had replaced the same ones", other],
  ["after a deletion", deleted],
  ["after a deletion that had removed nothing", leftover],
];

const newer: Create = (world) => [world.deletion("d", 10), world.submission("s", 20, contents.same)];
const older: Create = (world) => [world.deletion("d", 20), world.submission("s", 10, contents.same)];
const twoDeletions: Create = (world) => [world.deletion("d1", 10), world.deletion("d2", 20)];
const twoDeletionsAndNewer: Create = (world) => [
  ...twoDeletions(world),
  world.submission("s", 30, contents.same),
];
const beforeTwoContents: Create = (world) => [
  world.deletion("d", 10),
  world.submission("s1", 20, contents.third),
  world.submission("s2", 30, contents.same),
];
const afterTwo: Create = (world) => [
  world.submission("s1", 10, contents.same),
  world.submission("s2", 20, contents.same),
  world.deletion("d", 30),
];

/** Ten copies are made at once: how many steps those of three contents take, by the files of the domain's sample. */
const copiesOfThree = Math.ceil((3 * sampleHashes().length) / 10);

const cases: [string, Create, Record<number, number[]>][] = [
  [
    "a deletion and a newer submission of the same bytes",
    newer,
    { 0: [32, 25, 62, 32, 62], 30: [62, 61, 173, 62, 173] },
  ],
  [
    "a deletion and an older submission of the same bytes",
    older,
    { 0: [29, 17, 51, 29, 51], 30: [47, 27, 118, 47, 118] },
  ],
  [
    "a deletion and a newer submission of yet other bytes",
    (world) => [world.deletion("d", 10), world.submission("s", 20, contents.third)],
    { 0: [32, 62, 62, 32, 62], 30: [62, 173, copiesOfThree > 1 ? 233 : 173, 62, 173] },
  ],
  ["two deletions", twoDeletions, { 0: [20, 124, 124, 20, 124], 30: [20, 594, 594, 20, 594] }],
];

/** Together they take minutes: `npm test` goes through one place. */
const longCases: [string, Create, number[], End?][] = [
  [
    "two deletions and a newer submission",
    twoDeletionsAndNewer,
    [420_900, 266_440, 1_484_370, 420_900, 1_375_436],
  ],
  [
    "two deletions around a submission",
    (world) => [world.deletion("d1", 10), world.deletion("d2", 30), world.submission("s", 20, contents.same)],
    [266_487, 136_098, 784_203, 266_487, 738_566],
  ],
  [
    "a deletion between two submissions",
    (world) => [
      world.deletion("d", 20),
      world.submission("s1", 10, contents.same),
      world.submission("s2", 30, contents.same),
    ],
    [71_028, 4_138, 114_023, 71_028, 108_400],
  ],
  [
    "a deletion before two submissions",
    (world) => [
      world.deletion("d", 10),
      world.submission("s1", 20, contents.same),
      world.submission("s2", 30, contents.same),
    ],
    [116_896, 12_238, 232_825, 116_896, 216_571],
  ],
  [
    "a deletion before two submissions of other bytes",
    beforeTwoContents,
    [170_438, 64_239, 276_661, 170_438, 276_201],
  ],
  [
    "a deletion that is overtaken and ends before it removes, before two submissions of other bytes",
    (world) => [
      world.deletion("d", 10, { maxSteps: 6 }),
      world.submission("s1", 20, contents.third),
      world.submission("s2", 30, contents.same),
    ],
    [130_868, 54_447, 235_402, 130_868, 235_371],
    swept,
  ],
  ["a deletion after two submissions", afterTwo, [53_217, 2_442, 71_137, 53_217, 71_137]],
  [
    "a deletion and two deliveries of one newer submission",
    (world) => [
      world.deletion("d", 10),
      world.submission("s", 20, contents.same),
      world.submission("again", 20, contents.same, { submissionId: "s" }),
    ],
    [116_782, 11_626, 227_696, 116_782, 216_450],
  ],
];

describe.each(places)("%s, no order of calls harms", (_place, history) => {
  const at = places.findIndex(([, each]) => each === history);

  it.each(cases)("%s", async (_case, create, orders) => {
    expect(await countOrders(0, history, create)).toBe(orders[0]?.[at]);
  });

  it.each(cases)("%s, where deleted documents are kept for some days", async (_case, create, orders) => {
    expect(await countOrders(30, history, create)).toBe(orders[30]?.[at]);
  });
});

describe.each(places.filter(([, history]) => isFull || history === same))(
  "%s, no order of the calls of three harms",
  (_place, history) => {
    it.each(longCases)(
      "%s",
      async (_case, create, orders, end = nothingMore) => {
        const at = places.findIndex(([, each]) => each === history);
        expect(await countOrders(0, history, create, { end })).toBe(orders[at]);
      },
      300_000,
    );
  },
);

/** More steps than a deletion or a submission has that one other gets in the way of. */
const steps = [0, 1, 2, 3, 4, 5, 6, 7, 8];
describe.each([
  ["removed", 0],
  ["kept for some days", 30],
])("where deleted documents are %s, a crash", (_what, days) => {
  describe.each([
    ["another deletion", retried],
    ["the sweep", swept],
  ])("is mended by %s", (_by, end) => {
    it.each(steps)("of a deletion after %i steps", async (maxSteps) => {
      for (const [, history] of places) {
        expect(
          await countOrders(days, history, (world) => [world.deletion("d", 10, { maxSteps })], { end }),
        ).toBeGreaterThan(0);
      }
    });

    it.each(steps)("of a deletion after %i steps, beside a newer submission", async (maxSteps) => {
      for (const [, history] of places) {
        const create: Create = (world) => [
          world.deletion("d", 10, { maxSteps }),
          world.submission("s", 20, contents.same),
        ];
        expect(await countOrders(days, history, create, { end })).toBeGreaterThan(0);
      }
    });

    it.each(steps)(
      "of a deletion after %i steps, beside a newer submission of other bytes",
      async (maxSteps) => {
        for (const [, history] of places) {
          const create: Create = (world) => [
            world.deletion("d", 10, { maxSteps }),
            world.submission("s", 20, contents.third),
          ];
          expect(await countOrders(days, history, create, { end })).toBeGreaterThan(0);
        }
      },
    );

    it.each(steps)("of a submission after %i steps, beside a newer deletion", async (maxSteps) => {
      for (const [, history] of places) {
        const create: Create = (world) => [
          world.submission("s", 10, contents.same, { maxSteps }),
          world.deletion("d", 20),
        ];
        expect(await countOrders(days, history, create, { end })).toBeGreaterThan(0);
      }
    });

    it.each(steps)("of a submission after %i steps, beside an older deletion", async (maxSteps) => {
      for (const [, history] of places) {
        const create: Create = (world) => [
          world.submission("s", 20, contents.same, { maxSteps }),
          world.deletion("d", 10),
        ];
        expect(await countOrders(days, history, create, { end })).toBeGreaterThan(0);
      }
    });
  });
});

/** The SDK repeats a write whose answer was lost, and the repetition is refused, whether the first one was done or not. */
describe.each([["the first", [1]], ["the second", [2]], ...(isFull ? [["the first two", [1, 2]]] : [])] as [
  string,
  number[],
][])("the lost answer of %s of a state's writes does no harm", (_which, lostAnswers) => {
  it.each<[string, Create]>([
    [
      "to a deletion beside a newer submission of the same bytes",
      (world) => [world.deletion("d", 10, { lostAnswers }), world.submission("s", 20, contents.same)],
    ],
    [
      "to a deletion beside a newer submission of other bytes",
      (world) => [world.deletion("d", 10, { lostAnswers }), world.submission("s", 20, contents.third)],
    ],
    [
      "to a deletion beside an older submission",
      (world) => [world.deletion("d", 20, { lostAnswers }), world.submission("s", 10, contents.same)],
    ],
    [
      "to a deletion beside a newer one",
      (world) => [world.deletion("d1", 10, { lostAnswers }), world.deletion("d2", 20)],
    ],
    [
      "to a submission beside a newer deletion",
      (world) => [world.submission("s", 10, contents.same, { lostAnswers }), world.deletion("d", 20)],
    ],
    [
      "to a submission beside an older deletion",
      (world) => [world.submission("s", 20, contents.same, { lostAnswers }), world.deletion("d", 10)],
    ],
    [
      "to both",
      (world) => [
        world.submission("s", 20, contents.same, { lostAnswers }),
        world.deletion("d", 10, { lostAnswers }),
      ],
    ],
  ])("%s", async (_case, create) => {
    for (const days of [0, 30]) {
      for (const [, history] of places) {
        expect(await countOrders(days, history, create)).toBeGreaterThan(0);
      }
    }
  });
});

/** Its tombstone is written, and nothing is removed. */
const cutOff: Create = (world) => [
  world.deletion("d", 10, { maxSteps: 3 }),
  world.submission("s", 20, contents.third),
];
const hasWritten = "written.some(({ path }) => path.endsWith(sha256))";

describe("these checks find", () => {
  const beginning = "const listed = await context.documentVersions.listItem(submission);";
  const bugs: [string, SeededBug, [History, Create, number, End?], RegExp][] = [
    [
      "a deletion that lists after its tombstone",
      {
        file: "delete-record.ts",
        right: "return eraseVersions(versions, context);",
        wrong:
          "void versions; return eraseVersions(await context.documentVersions.listItem(submission), context);",
      },
      [same, newer, 0],
      /a live record has lost a document/,
    ],
    [
      "a submission that puts its documents once",
      {
        file: "ingest.ts",
        right: "filter(([sha256]) => !there.has(sha256))",
        wrong: `filter(([sha256]) => !there.has(sha256) && !${hasWritten})`,
      },
      [other, newer, 0],
      /a live record has lost a document/,
    ],
    [
      "one that puts them again for a tombstone alone",
      {
        file: "ingest.ts",
        right: "filter(([sha256]) => !there.has(sha256))",
        wrong: `filter(([sha256]) => !there.has(sha256) && (current?.kind === "tombstone" || !${hasWritten}))`,
      },
      [empty, beforeTwoContents, 0],
      /a live record has lost a document/,
    ],
    [
      "one that leaves what it has put for nothing",
      {
        file: "ingest.ts",
        right: "await removeUnused(written, mayBeWritten ? current : undefined, context);",
        wrong: "void mayBeWritten; void removeUnused;",
      },
      [empty, older, 0],
      /versions of deleted documents are left/,
    ],
    [
      "one that leaves it where the record that won has the same bytes",
      {
        file: "ingest.ts",
        right: "mayBeWritten ? current : undefined",
        wrong: "mayBeWritten ? undefined : current",
      },
      [empty, afterTwo, 0],
      /has answered, and a document is readable|versions of deleted documents are left/,
    ],
    [
      "a deletion that trusts a later one",
      {
        file: "delete-record.ts",
        right: beginning,
        wrong: `if (current?.kind === "tombstone" && !isNewer(submission, current)) return { result: [] }; ${beginning}`,
      },
      [same, twoDeletions, 0],
      /has answered, and has written nothing/,
    ],
    [
      "one that trusts a newer record",
      {
        file: "delete-record.ts",
        right: beginning,
        wrong: `if (current?.kind === "record" && !isNewer(submission, current)) return { result: [] }; ${beginning}`,
      },
      [same, newer, 0],
      /has answered, and has written nothing|versions of deleted documents are left/,
    ],
    [
      "one that removes what a newer record refers to",
      {
        file: "delete-record.ts",
        right: "!referred.has(",
        wrong: "!new Set().has(",
      },
      [empty, newer, 0],
      /a live record has lost a document/,
    ],
    [
      "a newer record that is the same state after an older deletion",
      {
        file: "stores/record.ts",
        right: "documentsSince: record.documentsSince + 1",
        wrong: "documentsSince: record.documentsSince",
      },
      [empty, beforeTwoContents, 0],
      /a live record has lost a document/,
    ],
    [
      "a record that forgets the deletion that it came after",
      { file: "ingest.ts", right: "deletedAt: deletionTimeOf(current),", wrong: "" },
      [same, cutOff, 0, swept],
      /versions of deleted documents are left/,
    ],
    [
      "a sweep that sees the record alone",
      {
        file: "sweep/remove-documents.ts",
        right: "deletedAt !== undefined && writtenAt < deletedAt + deletionMarginMilliseconds",
        wrong: "deletedAt === Number.MAX_VALUE",
      },
      [same, cutOff, 0, swept],
      /versions of deleted documents are left/,
    ],
    [
      "a tombstone that is the same state after a repeated deletion",
      {
        file: "delete-record.ts",
        right: "Math.max(deletedAt, current.documentsSince + 1)",
        wrong: "current.documentsSince",
      },
      [empty, twoDeletionsAndNewer, 0],
      /a live record has lost a document/,
    ],
    [
      "a copy of the newest version alone",
      {
        file: "erase-versions.ts",
        right: "for (const version of document) {",
        wrong: "for (const version of document.slice(0, 1)) {",
      },
      [empty, afterTwo, 30],
      /deleted documents were not kept/,
    ],
  ];

  it.each(bugs)("%s", async (name, bug, [history, create, days, end], problem) => {
    const useCases = await loadWithBug(name, bug);

    await expect(countOrders(days, history, create, { useCases, ...(end && { end }) })).rejects.toThrow(
      problem,
    );
  });
});
