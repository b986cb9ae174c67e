/** The fields of a file in a record; `data` is its bytes in base64. */
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

/** `*` matches an index of a list only, not a property of that name. A property with a dot in its name is one step. */
function isStep(step: string, given: string | number | undefined): boolean {
  return step === "*" ? typeof given === "number" : step === given;
}

/** The files of a record that keeps its contract, place by place. */
export function filesOf(record: unknown, places: readonly string[]): FileAt[] {
  return places.flatMap((place) => filesAt(record, place.split("."), []));
}

function filesAt(value: unknown, [step, ...rest]: readonly string[], path: Path): FileAt[] {
  // An optional file may be missing, or null if the contract allows it.
  if (value === undefined || value === null) return [];
  if (step === undefined) return [{ path, file: value as FilePart }];
  if (step === "*") {
    return (value as readonly unknown[]).flatMap((each, index) => filesAt(each, rest, [...path, index]));
  }
  return filesAt((value as Readonly<Record<string, unknown>>)[step], rest, [...path, step]);
}

/**
 * A copy of a record in which its files, or their metadata, are replaced.
 * @throws TypeError if the record contains a value that JSON can't hold
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

/** Whether JSON can hold a value, without a look at the values in it. JSON leaves out what is undefined. */
export function isJson(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || value === null)
    return !["bigint", "function", "symbol"].includes(typeof value);
  return Array.isArray(value) || [Object.prototype, null].includes(Object.getPrototypeOf(value));
}
