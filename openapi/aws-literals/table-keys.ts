/** A name in a template, and where it stands. */
export interface NamedSpan {
  readonly name: string;
  readonly index: number;
}

/**
 * Tables that a batch of DynamoDB names as keys, `"RequestItems": { "<table>": …`: a template is no JSON, so that braces
 * are counted. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
 */
export function tableKeysOf(template: string): NamedSpan[] {
  return [...template.matchAll(/"RequestItems"\s*:\s*\{/g)].flatMap(({ 0: found, index }) =>
    keysFrom(template, index + found.length),
  );
}

const tokens = /"((?:[^"\\]|\\.)*)"(\s*:)?|[{}[\]]/g;

/** Keys of the object that has begun at this place, without those of objects inside of it. */
function keysFrom(template: string, start: number): NamedSpan[] {
  const found: NamedSpan[] = [];
  let depth = 1;
  tokens.lastIndex = start;
  for (let match = tokens.exec(template); match !== null && depth > 0; match = tokens.exec(template)) {
    const [token, name, colon] = match;
    if (/^[{[]$/.test(token)) depth += 1;
    else if (/^[}\]]$/.test(token)) depth -= 1;
    else if (depth === 1 && name !== undefined && colon !== undefined) {
      found.push({ name, index: match.index + 1 });
    }
  }
  return found;
}
