import { type Authority, createAuthority } from "./certificates.ts";

/** Of the authorities of one test run, those that the proxy is told of have their certificate in its file. */
export interface Authorities {
  readonly root: Authority;
  /** Below the root, and in the file like it. */
  readonly issuing: Authority;
  /** Trusted like the root, for callers of its own. */
  readonly partner: Authority;
  /** Below the root, and not in the file. */
  readonly unlisted: Authority;
  /** Below the partner, not in the file, and of the name of the issuing one. */
  readonly impostor: Authority;
  /** Known to nobody. */
  readonly stranger: Authority;
  /** Known to nobody, and of the root's name. */
  readonly namesake: Authority;
  /** Certified with a path length of none, and one below it in spite of that. */
  readonly last: Authority;
  readonly belowLast: Authority;
  /** Below the root, in the file, and over. */
  readonly over: Authority;
  /** A caller's certificate that certifies. */
  readonly noAuthority: Authority;
  /** Below the root, in the file: its list is missing, over, or of somebody else's key. */
  readonly withoutList: Authority;
  readonly listOver: Authority;
  readonly listForged: Authority;
}

export const authorityLines = ["basicConstraints=critical,CA:TRUE", "subjectKeyIdentifier=hash"];
const clientLines = ["basicConstraints=critical,CA:FALSE", "extendedKeyUsage=clientAuth"];

export async function createAuthorities(): Promise<Authorities> {
  const root = await createAuthority("/O=Example/CN=Root");
  const partner = await createAuthority("/O=Partner/CN=Root");
  const below = (name: string) => createAuthority(name, { authority: root });
  const last = await createAuthority("/O=Example/CN=Last", {
    authority: root,
    extensions: ["basicConstraints=critical,CA:TRUE,pathlen:0", "keyUsage=critical,keyCertSign,cRLSign"],
  });
  return {
    ...{ root, partner, last },
    issuing: await below("/O=Example/CN=Issuing"),
    unlisted: await below("/O=Example/CN=Unlisted"),
    impostor: await createAuthority("/O=Example/CN=Issuing", { authority: partner }),
    stranger: await createAuthority("/O=Stranger/CN=Root"),
    namesake: await createAuthority("/O=Example/CN=Root"),
    belowLast: await createAuthority("/O=Example/CN=Below the last", { authority: last }),
    over: await createAuthority("/O=Example/CN=Over", {
      authority: root,
      extensions: authorityLines,
      days: -1,
    }),
    noAuthority: await createAuthority("/O=Example/CN=caller", { authority: root, extensions: clientLines }),
    withoutList: await below("/O=Example/CN=Without list"),
    listOver: await below("/O=Example/CN=List over"),
    listForged: await below("/O=Example/CN=List forged"),
  };
}

/** What lies beside the proxy's configuration; to be asked for once all that is to be revoked is. */
export async function filesOf(authorities: Authorities): Promise<Record<string, string>> {
  const { root, issuing, partner, unlisted, last, belowLast, over } = authorities;
  const { withoutList, listOver, listForged } = authorities;
  const forger = await createAuthority("/O=Example/CN=List forged");
  const lists = [];
  // A list of the one that is not in the file: it is refused all the same.
  for (const each of [root, issuing, partner, unlisted, last, belowLast, over, forger]) {
    lists.push(await each.revocationList());
  }
  lists.push(await listOver.revocationList("20211231235959Z"));
  await forger.remove();
  const listed = [root, issuing, partner, last, belowLast, over, withoutList, listOver, listForged];
  return {
    "tls/client-ca.pem": listed.map(({ certificate }) => certificate).join(""),
    "tls/client-crl.pem": lists.join(""),
  };
}
