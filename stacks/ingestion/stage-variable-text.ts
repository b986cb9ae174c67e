import { propertyAccess, Token } from "cdktf";

/** By name; a reference to the variable of an API's stage variables. */
export type StageVariables = Readonly<Record<string, string>>;

export const stageVariable = /\$\{stageVariables\.([A-Za-z0-9_]+)\}/g;

/**
 * A text with references in the place of stage variables: Terraform knows what API Gateway will put there.
 * @param bind what becomes of the text between them
 */
export function withStageVariables(
  text: string,
  stageVariables: StageVariables,
  bind: (literal: string) => string = (literal) => literal,
): string {
  // Split by a pattern with one group: names stand at the odd places.
  return text
    .split(stageVariable)
    .map((part, index) =>
      index % 2 === 1 ? Token.asString(propertyAccess(stageVariables, [part])) : bind(part),
    )
    .join("");
}
