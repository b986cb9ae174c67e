/** What is wrong with older patch levels, of all that this configuration lets clients reach: no HTTP/2, HTTP/3, FastCGI or regsub(). */
const FAULTS = {
  "CVE-2023-25725": "header lines after one with an empty name are lost",
  "CVE-2023-40225": "an empty Content-Length reaches the API",
  "CVE-2023-45539": "a # in a path bypasses rules for paths",
  "CVE-2025-11230": "a number in a token's JSON blocks a thread for minutes",
  "CVE-2026-110354": "a long line in a chunked body blocks a thread forever",
} as const;
type Fault = keyof typeof FAULTS;

interface Branch {
  /** First patch level without the faults: what haproxy.org releases. */
  readonly patch: number;
  /** Packages of a distribution that mend them in an older patch level. */
  readonly packages: readonly { readonly base: string; readonly revision: number }[];
  readonly mended: readonly Fault[];
}

const OF_2023: readonly Fault[] = ["CVE-2023-40225", "CVE-2023-45539"];

/** The branches with long support that the configuration is written for. In 2.6 and 2.8 CVE-2026-110354 takes one connection until its time is over, and no thread. */
export const HAPROXY_BRANCHES: Readonly<Record<string, Branch>> = {
  // 2.6.12 itself has the first one mended, Debian's deb12u1 the other two of 2023, deb12u3 that of 2025.
  "2.6": {
    patch: 23,
    packages: [{ base: "2.6.12-1+deb12u", revision: 3 }],
    mended: ["CVE-2023-25725", ...OF_2023, "CVE-2025-11230"],
  },
  "2.8": { patch: 16, packages: [], mended: [...OF_2023, "CVE-2025-11230"] },
  "3.0": { patch: 30, packages: [], mended: ["CVE-2025-11230", "CVE-2026-110354"] },
  "3.2": { patch: 26, packages: [], mended: ["CVE-2025-11230", "CVE-2026-110354"] },
};

/** What `haproxy -v` has to say. */
export const NEEDED_VERSIONS = Object.entries(HAPROXY_BRANCHES)
  .map(([branch, { patch, packages }]) =>
    [`${branch}.${patch}`, ...packages.map(({ base, revision }) => `${base}${revision}`)].join(" or "),
  )
  .join(", ");

/**
 * Why this project takes no HAProxy of that version; undefined where it does.
 * @param version as `haproxy -v` tells it, such as `2.6.12-1+deb12u3`
 */
export function problemOfVersion(version: string): string | undefined {
  const [, name = "", patch] = /^(\d+\.\d+)\.(\d+)(?!\d|-dev)/.exec(version) ?? [];
  const branch = HAPROXY_BRANCHES[name];
  if (branch === undefined)
    return `is of a branch that is not supported; supported are ${NEEDED_VERSIONS}, and newer patch levels of these branches`;
  const isMended = branch.packages.some(
    ({ base, revision }) =>
      version.startsWith(base) && Number.parseInt(version.slice(base.length), 10) >= revision,
  );
  if (isMended || Number(patch) >= branch.patch) return undefined;
  const faults = branch.mended.map((fault) => `${fault}: ${FAULTS[fault]}`);
  return `may have known faults (${faults.join("; ")}); supported are ${NEEDED_VERSIONS}, and newer patch levels of these branches`;
}

/**
 * Of what HAProxy knows of itself, which is no distribution's revision: lines with which it refuses to start.
 * Conditions are read from left to right, `&&` before `||`.
 */
export function versionCheck(): string {
  const names = Object.keys(HAPROXY_BRANCHES);
  const between = (from: string, below: string) => `version_atleast(${from}) && !version_atleast(${below})`;
  const next = (name: string) => {
    const [major, minor] = name.split(".").map(Number);
    return `${major}.${Number(minor) + 1}`;
  };
  const tooOld = Object.entries(HAPROXY_BRANCHES).flatMap(([name, { patch, packages }]) => {
    const bases = packages.map(({ base }) => base.split("-")[0] ?? "");
    const steps = [name, ...bases.flatMap((base) => [base, nextPatch(base)]), `${name}.${patch}`];
    return Array.from({ length: steps.length / 2 }, (_, index) =>
      between(steps[2 * index] ?? "", steps[2 * index + 1] ?? ""),
    );
  });
  const noBranch = names.map((name, index) => {
    const following = names[index + 1];
    return following === undefined ? `version_atleast(${next(name)})` : between(next(name), following);
  });
  return `.if !version_atleast(${names[0]}) || ${[...tooOld, ...noBranch].join(" || ")}
    .alert "This HAProxy may have known faults. Install one of ${NEEDED_VERSIONS}, or a newer patch level of one of these branches."
.endif`;
}

function nextPatch(version: string): string {
  const [major, minor, patch] = version.split(".");
  return `${major}.${minor}.${Number(patch) + 1}`;
}
