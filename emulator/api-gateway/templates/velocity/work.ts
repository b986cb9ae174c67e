/** A template that fails while it is rendered. Its message has nothing of the body, which may be anybody's. */
export class TemplateFailure extends Error {
  override readonly name = "TemplateFailure";
  /** Where in the template, once that is known. */
  offset: number | undefined;
}

/** Says of failures where in the template they are; the innermost place stays. */
export function at<Result>(offset: number, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (error instanceof TemplateFailure) error.offset ??= offset;
    throw error;
  }
}

/** What one rendering may still do: AWS ends one that takes too long, and here none may hold up the others. */
export interface Work {
  steps: number;
  patternMilliseconds: number;
}

/** Far more than a template that ends in time on AWS. */
export function createWork(): Work {
  return { steps: 5_000_000, patternMilliseconds: 2_000 };
}

/** Counts what takes as long as something is large, at a rate at which millions of steps take seconds. */
export function spendForSize(work: Work, size: number): void {
  spend(work, 1 + Math.floor(size / 64));
}

/** A body has at most 10 MB, and a template may escape all of it a few times. */
const MAX_TEXT_LENGTH = 64 * 1024 * 1024;

/** @throws TemplateFailure where nothing is left */
export function spend(work: Work, steps = 1): void {
  work.steps -= steps;
  if (work.steps < 0) throw new TemplateFailure("it takes more steps than a template may");
}

/** Counts a text that was made. */
export function made(text: string, work: Work): string {
  if (text.length > MAX_TEXT_LENGTH) throw new TemplateFailure("it makes a text that is too long");
  spend(work, 1 + Math.floor(text.length / 8));
  return text;
}
