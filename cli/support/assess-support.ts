import type { Product, SupportTable } from "./ends-of-support.ts";
import type { SupportException } from "./support-exceptions.ts";
import type { SupportUse } from "./support-use.ts";

/** Days before an end from which on it is warned of: time for two releases. */
const WARNED_DAYS = 180;
/** Days after which the table is old: announcements of ends move. */
const TABLE_DAYS = 180;

export type SupportState = "ended" | "unknown" | "excepted" | "ends soon" | "supported";

export interface SupportFinding {
  readonly product: Product;
  readonly version: string;
  readonly where: readonly string[];
  readonly state: SupportState;
  /** YYYY-MM-DD; absent where no end is announced, or the table does not have the version. */
  readonly ends?: string;
  /** Negative when it is past its end. */
  readonly daysLeft?: number;
  readonly afterwards: string;
  readonly source: string;
  /** Of an end that is past; it may be over itself. */
  readonly exception?: { readonly reason: string; readonly until: string };
}

export interface SupportReport {
  readonly date: string;
  readonly findings: readonly SupportFinding[];
  /** Whose rows of the table nobody has looked up for too long. */
  readonly oldRows: readonly { readonly product: Product; readonly lookedUp: string }[];
  /** Exceptions of what is not used. */
  readonly needless: readonly SupportException[];
}

export interface AssessSupportOptions {
  /** YYYY-MM-DD */
  readonly date: string;
  readonly table: SupportTable;
  readonly uses: readonly SupportUse[];
  readonly exceptions: readonly SupportException[];
  /** Whether these are all uses: of some alone, no exception is needless. */
  readonly isComplete: boolean;
}

/** What of it all is past its end on a day, soon will be, or is not known; the most urgent first. */
export function assessSupport(options: AssessSupportOptions): SupportReport {
  const { date, table, uses, exceptions, isComplete } = options;
  const versions = new Map(uses.map((use) => [nameOf(use), use]));
  const findings = [...versions].map(([name, use]) => {
    const where = uses.filter((each) => nameOf(each) === name).map((each) => each.where);
    return assess({ ...use, date, where: [...new Set(where)], table, exceptions });
  });
  const products = [...new Set(uses.map(({ product }) => product))];
  return {
    date,
    findings: findings.toSorted((a, b) => rank(a) - rank(b) || (a.daysLeft ?? 0) - (b.daysLeft ?? 0)),
    oldRows: products
      .map((product) => ({ product, lookedUp: table[product].lookedUp }))
      .filter(({ lookedUp }) => daysBetween(lookedUp, date) > TABLE_DAYS),
    needless: exceptions.filter((each) => isComplete && !versions.has(nameOf(each))),
  };
}

const nameOf = ({ product, version }: Pick<SupportUse, "product" | "version">) => `${product} ${version}`;

interface AssessedVersion extends Pick<AssessSupportOptions, "date" | "table" | "exceptions"> {
  readonly product: Product;
  readonly version: string;
  readonly where: readonly string[];
}

function assess({ product, version, where, date, table, exceptions }: AssessedVersion): SupportFinding {
  const { ends: known, afterwards, source } = table[product];
  const found = { product, version, where, afterwards, source };
  if (!Object.hasOwn(known, version)) return { ...found, state: "unknown" };
  const ends = known[version];
  if (ends === undefined) return { ...found, state: "supported" };
  const daysLeft = daysBetween(date, ends);
  if (daysLeft >= 0) {
    return { ...found, ends, daysLeft, state: daysLeft <= WARNED_DAYS ? "ends soon" : "supported" };
  }
  const exception = exceptions
    .filter((each) => each.product === product && each.version === version)
    .toSorted((a, b) => b.until.localeCompare(a.until))[0];
  if (exception === undefined) return { ...found, ends, daysLeft, state: "ended" };
  const { reason, until } = exception;
  const state = daysBetween(date, until) >= 0 ? "excepted" : "ended";
  return { ...found, ends, daysLeft, state, exception: { reason, until } };
}

const STATES: readonly SupportState[] = ["ended", "unknown", "excepted", "ends soon", "supported"];
const rank = ({ state }: SupportFinding) => STATES.indexOf(state);

/** From one day to another, both as YYYY-MM-DD. */
function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}

/** Whether something has to be done now. An old table counts where somebody waits for the result to be right. */
export function needsWork({ findings, oldRows }: SupportReport, options: { strict: boolean }): boolean {
  const isBad = findings.some(({ state }) => state === "ended" || state === "unknown");
  return isBad || (options.strict && oldRows.length > 0);
}
