/** Whether a text of a policy is the value: `*` stands for any text, `?` for one character. */
export function matchesPolicyPattern(pattern: string, value: string): boolean {
  const expression = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll(/\*+/g, ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${expression}$`, "s").test(value);
}

/** Of `execute-api:Invoke`; names of actions are equal in any case. */
export function namesInvoke(action: string): boolean {
  return matchesPolicyPattern(action.toLowerCase(), "execute-api:invoke");
}
