/** A name as HTML forms encode: a blank is a plus, and a slash stays. Listings and events have keys so. */
export function encodeName(name: string): string {
  return encodeURIComponent(name)
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+")
    .replaceAll("%2F", "/");
}
