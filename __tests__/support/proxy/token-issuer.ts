import { sign } from "node:crypto";
import { createSigningKey, type SigningKey } from "./tokens.ts";

/** JSON texts by the names of members; undefined leaves a member out. Those of times may depend on now, in seconds. */
export type Members = Readonly<Record<string, string | ((now: number) => string) | undefined>>;

/** What a token has in place of what a good one has. */
export interface TokenChanges {
  readonly header?: Members;
  readonly claims?: Members;
  /** All of the header or payload, before it is encoded. */
  readonly headerText?: (text: string) => string | Buffer;
  readonly payloadText?: (text: string) => string | Buffer;
  /** The encoded parts, before they are signed. */
  readonly encoded?: (header: string, payload: string) => string;
  /** All three parts. */
  readonly signed?: (token: string) => string;
  /** Somebody else, in place of the issuer. */
  readonly key?: SigningKey;
}

/** Makes tokens as an issuer does that may be careless or hostile. */
export class TokenIssuer {
  readonly key = createSigningKey("RS256");
  readonly stranger = createSigningKey("RS256");
  readonly #claims: Members;

  constructor(claims: Members) {
    this.#claims = claims;
  }

  token(changes: TokenChanges = {}): string {
    const { headerText = asIs, payloadText = asIs, signed = asIs } = changes;
    const { encoded = (header: string, payload: string) => `${header}.${payload}`, key = this.key } = changes;
    const header = headerText(json({ alg: '"RS256"', typ: '"at+jwt"', ...changes.header }));
    const payload = payloadText(
      json({ exp: (now) => String(now + 600), ...this.#claims, ...changes.claims }),
    );
    const input = encoded(base64url(header), base64url(payload));
    return signed(`${input}.${sign("sha256", Buffer.from(input), key.privateKey).toString("base64url")}`);
  }
}

const asIs = (text: string) => text;

export const base64url = (text: string | Buffer) => Buffer.from(text).toString("base64url");

function json(members: Members): string {
  const now = Math.floor(Date.now() / 1000);
  const texts = Object.entries(members).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return [`${JSON.stringify(name)}:${typeof value === "function" ? value(now) : value}`];
  });
  return `{${texts.join(",")}}`;
}
