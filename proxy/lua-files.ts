import type { ProxySettings } from "./proxy-settings.ts";
import { renderCertificateCheck } from "./render-certificate-check.ts";
import { renderRefusals } from "./render-refusals.ts";
import { renderTokenReader } from "./render-token-reader.ts";

/** A file of Lua that lies beside the configuration, which loads it. */
export interface LuaFile {
  readonly name: string;
  /** In a few words, for the configuration's introduction. */
  readonly holds: string;
  readonly text: string;
}

/** What HAProxy's own language cannot express. */
export function luaFiles(settings: ProxySettings): readonly LuaFile[] {
  const { title, listener } = settings;
  const refusals = { name: "refusals.lua", holds: "the proxy's own answers", text: renderRefusals(settings) };
  switch (listener.authentication.kind) {
    case "jwt": {
      const text = renderTokenReader(title, listener.authentication);
      return [refusals, { name: "tokens.lua", holds: "the check of tokens", text }];
    }
    case "mutual-tls": {
      const text = renderCertificateCheck();
      return [refusals, { name: "certificates.lua", holds: "the check of clients' certificates", text }];
    }
    default:
      return [refusals];
  }
}
