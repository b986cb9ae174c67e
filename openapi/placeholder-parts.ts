/** What of a bound dependency a placeholder like `{{queue.orders.account}}` stands for. */
export const placeholderParts = ["arn", "account", "region", "name"] as const;

type PlaceholderPart = (typeof placeholderParts)[number];

/** `queue.orders.account` is the part `account` of the binding `queue.orders`. */
export function bindingOf(placeholder: string): { binding: string; part: PlaceholderPart | undefined } {
  const [kind, name, ...rest] = placeholder.split(".");
  const part = placeholderParts.find((known) => rest.length === 1 && rest[0] === known);
  return part === undefined ? { binding: placeholder, part } : { binding: `${kind}.${name}`, part };
}
