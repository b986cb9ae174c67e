import type { ProxySettings } from "../../../proxy/proxy-settings.ts";
import type { TokenAuthentication } from "../../../proxy/render-tokens.ts";
import type { Authority } from "./certificates.ts";
import { callerNamed } from "./exchange.ts";
import { ProxyUnderTest } from "./proxy-under-test.ts";
import { TokenIssuer } from "./token-issuer.ts";
import { AUDIENCE, ISSUER, SUBJECT } from "./token-rows.ts";

/** The only caller of a proxy whose tokens are tried. */
export const CALLER = "the-caller";

/** Makes tokens of that caller. */
export const tokenIssuer = (audience = AUDIENCE) =>
  new TokenIssuer({
    iss: JSON.stringify(ISSUER),
    aud: JSON.stringify(audience),
    sub: JSON.stringify(SUBJECT),
  });

/** Settings of an environment that knows callers by tokens, with other rules for these. */
export function withTokens(settings: ProxySettings, changes: Partial<TokenAuthentication>): ProxySettings {
  const { listener } = settings;
  if (listener.authentication.kind !== "jwt") throw new Error(`${settings.title} has no tokens`);
  return {
    ...settings,
    listener: { ...listener, authentication: { ...listener.authentication, ...changes } },
  };
}

/** The proxy of dev, with the issuer's key, one caller, and the rules that are tried. */
export function startTokenProxy(
  issuer: TokenIssuer,
  changes: Partial<TokenAuthentication>,
  authority?: Authority,
): Promise<ProxyUnderTest> {
  return ProxyUnderTest.start({
    environment: "dev",
    ...(authority && { authority }),
    files: () => ({ "jwt/current.pem": issuer.key.publicPem }),
    change: (settings) => ({
      ...withTokens(settings, { issuer: ISSUER, audience: AUDIENCE, ...changes }),
      callers: [callerNamed(CALLER, { credentials: [{ kind: "subject", subject: SUBJECT }] })],
    }),
  });
}
