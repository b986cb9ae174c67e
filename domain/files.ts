/** What every file of a record says; `data` is its bytes in base64. */
export interface FilePart {
  readonly fileName: string;
  readonly contentType: string;
  readonly data: string;
  readonly sha256?: string | undefined;
}

/** Names of properties and indices of lists that lead to a value. */
export type Path = readonly (string | number)[];

export interface FileAt {
  readonly path: Path;
  readonly file: FilePart;
}

/** Whether a path leads to one of the places: `photos.*` stands for each of a list. */
export function isFilePath(path: Path, places: readonly string[]): boolean {
  return places.some((place) => {
    const steps = place.split(".");
    return steps.length === path.length && steps.every((step, index) => isStep(step, path[index]));
  });
}

/** A property of the name `*` is none of a list, and one with a dot in its name leads no further than others. */
function isStep(step: string, given: string | number | undefined): boolean {
  return step === "*" ? typeof given === "number" : step === given;
}

/** The files of a record that keeps its contract, place by place. */
export function filesOf(record: unknown, places: readonly string[]): FileAt[] {
  return places.flatMap((place) => filesAt(record, place.split("."), []));
}

function filesAt(value: unknown, [step, ...rest]: readonly string[], path: Path): FileAt[] {
  // What is optional may be missing, or null where the contract says so.
  if (value === undefined || value === null) return [];
  if (step === undefined) return [{ path, file: value as FilePart }];
  if (step === "*") {
    return (value as readonly unknown[]).flatMap((each, index) => filesAt(each, rest, [...path, index]));
  }
  return filesAt((value as Readonly<Record<string, unknown>>)[step], rest, [...path, step]);
}

/**
 * A copy of a record with something else where its files, or what stands for them, are.
 * @throws TypeError where the record holds what is no JSON, and would be lost
 */
export function replaceFiles<File = FilePart>(
  record: Readonly<Record<string, unknown>>,
  places: readonly string[],
  replace: (file: File, path: Path) => unknown,
): Record<string, unknown> {
  const copy = (value: unknown, path: Path): unknown => {
    if (!isJson(value)) throw new TypeError(`"${path.join(".")}" is not a JSON value`);
    if (typeof value !== "object" || value === null) return value;
    if (isFilePath(path, places)) return replace(value as File, path);
    if (Array.isArray(value)) return value.map((each, index) => copy(each, [...path, index]));
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, copy(each, [...path, name])]),
    );
  };
  return copy(record, []) as Record<string, unknown>;
}

/** Whether a value, what is in it apart, comes back from JSON text; what is undefined is left out. */
export function isJson(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || value === null)
    return !["bigint", "function", "symbol"].includes(typeof value);
  return Array.isArray(value) || [Object.prototype, null].includes(Object.getPrototypeOf(value));
}
