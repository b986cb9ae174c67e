import type { ProxySettings } from "./proxy-settings.ts";
import { renderCertificateCheck } from "./render-certificate-check.ts";
import { renderRefusals } from "./render-refusals.ts";

/** A file of Lua that lies beside the configuration, which loads it. */
export interface LuaFile {
  readonly name: string;
  /** In a few words, for the configuration's introduction. */
  readonly holds: string;
  readonly text: string;
}

/** What HAProxy's own language does not say. */
export function luaFiles(settings: ProxySettings): readonly LuaFile[] {
  return [
    { name: "refusals.lua", holds: "the proxy's own answers", text: renderRefusals(settings) },
    ...(settings.listener.authentication.kind === "mutual-tls"
      ? [
          {
            name: "certificates.lua",
            holds: "the check of clients' certificates",
            text: renderCertificateCheck(),
          },
        ]
      : []),
  ];
}
