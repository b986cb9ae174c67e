const maxLength = 200;

/** A key or a name of the outside for one line of a terminal: what does not print is escaped, and what is long is cut. */
export function printable(text: string): string {
  const escaped = text.replace(
    /[^\x21-\x7e]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
  return escaped.length <= maxLength ? escaped : `${escaped.slice(0, maxLength)}…`;
}

/**
 * A key as one word of a command line in Bash or zsh. What could move the terminal's cursor or look like something else is
 * escaped there too.
 */
export function pasteable(key: string): string {
  if (/^[\w@%+=:,./-]+$/.test(key)) return key;
  if (/^[\x20-\x7e]*$/.test(key)) return `'${key.replaceAll("'", "'\\''")}'`;
  const bytes = [...Buffer.from(key)].map((byte) => {
    const character = String.fromCharCode(byte);
    return /[\x20-\x7e]/.test(character) && !/['\\]/.test(character)
      ? character
      : `\\x${byte.toString(16).padStart(2, "0")}`;
  });
  return `$'${bytes.join("")}'`;
}

/** How long ago a time was, in the largest unit of which there are two at least. */
export function ago(time: number, now: number): string {
  const minutes = Math.max(0, Math.floor((now - time) / 60_000));
  if (minutes === 0) return "just now";
  if (minutes < 120) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.floor(hours / 24)} days ago`;
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
