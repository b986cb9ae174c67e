import { existsSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { stateFileName } from "../../contract/state-file.ts";
import { UserError } from "../../contract/user-error.ts";
import type { Environment } from "../../env/schema.ts";

interface StatePlaces {
  readonly stack: string;
  readonly backend: Environment["backend"];
  /** The stack's folder in the output folder that this command uses. */
  readonly directory: string;
  /** Where the output folder of cdktf's own commands lies. They set CDKTF_OUTDIR themselves. */
  readonly projectRoot: string;
}

/** An output folder, and the state of the stack that belongs to it. */
interface Place {
  readonly outdir: string;
  readonly file: string;
  /** How many resources it manages. */
  readonly resources: number;
}

/**
 * A local state lies beside the output folder. With another CDKTF_OUTDIR, the same stack therefore has another state, and Terraform
 * would create everything a second time.
 * @throws UserError if a state with resources also lies beside another output folder
 */
export function refuseSecondState(places: StatePlaces): void {
  if (places.backend.kind !== "local") return;
  const own = ownPlace(places);
  const others = otherOutdirs(places)
    .map((outdir) => placeOf(outdir, places.stack))
    .filter(({ file, resources }) => file !== own.file && resources > 0);
  const [other] = others;
  if (other === undefined) return;
  const standard = defaultOutdir(places);
  throw new UserError(
    [
      `${places.stack} has a local state at more than one place, because CDKTF_OUTDIR was not always the same:`,
      `  ${describe(own, standard)} (this command would use it)`,
      ...others.map((place) => `  ${describe(place, standard)}`),
      "With the wrong state, Terraform creates everything a second time. Nothing was changed. Do one of these:",
      `  To use the second state: ${other.outdir === standard ? "unset CDKTF_OUTDIR" : `export CDKTF_OUTDIR=${other.outdir}`}`,
      `  To use the first state: make sure that nothing in the second is needed any more (terraform state list -state=${other.file}). Then move it away: mv ${other.file} ${other.file}.old`,
    ].join("\n"),
  );
}

/** Notes the output folder of an apply, so that a later command without its CDKTF_OUTDIR finds the state. */
export function noteStatePlace(places: StatePlaces): void {
  if (places.backend.kind !== "local") return;
  const standard = placeOf(defaultOutdir(places), places.stack);
  const own = ownPlace(places);
  if (own.file === standard.file) return;
  const noted = notedOutdirs(places).filter((outdir) => placeOf(outdir, places.stack).resources > 0);
  writeFileSync(notesOf(places), `${[...new Set([...noted, own.outdir])].join("\n")}\n`);
}

const defaultOutdir = ({ projectRoot }: StatePlaces) => join(projectRoot, "cdktf.out");
const ownPlace = ({ directory, stack }: StatePlaces) => placeOf(resolve(directory, "..", ".."), stack);
const otherOutdirs = (places: StatePlaces) => [...new Set([defaultOutdir(places), ...notedOutdirs(places)])];

/** Beside the default state, and like it not under version control. */
const notesOf = ({ projectRoot, stack }: StatePlaces) => join(projectRoot, `${stateFileName(stack)}.places`);

function notedOutdirs(places: StatePlaces): string[] {
  const file = notesOf(places);
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
}

function placeOf(outdir: string, stack: string): Place {
  const folder = dirname(existsSync(outdir) ? realpathSync(outdir) : outdir);
  const file = join(folder, stateFileName(stack));
  return { outdir, file, resources: countResources(file) };
}

/** Unknown content counts: it may be a state of another version. */
function countResources(file: string): number {
  if (!existsSync(file)) return 0;
  try {
    const { resources = [] } = JSON.parse(readFileSync(file, "utf8"));
    return resources.filter(({ mode }: { readonly mode?: string }) => mode === "managed").length;
  } catch {
    return 1;
  }
}

function describe({ outdir, file, resources }: Place, standard: string): string {
  const when =
    outdir === standard ? "without CDKTF_OUTDIR, and with npx cdktf" : `with CDKTF_OUTDIR=${outdir}`;
  const what = `${resources || "no"} resource${resources === 1 ? "" : "s"}`;
  return `${file}: ${what}, ${when}`;
}
