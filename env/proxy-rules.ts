import { SHARED_CALLER } from "../contract/keys.ts";
import { overlap } from "./field-types.ts";
import type { Fields, Rule } from "./rule.ts";

type Haproxy = Extract<Fields["proxy"], { kind: "haproxy" }>;
type Caller = Exclude<Haproxy["callers"], typeof SHARED_CALLER>[number];

const callersOf = ({ proxy }: Fields): readonly Caller[] =>
  proxy.kind === "haproxy" && proxy.callers !== SHARED_CALLER ? proxy.callers : [];

/** Each credential, with its path. */
const credentialsOf = (environment: Fields) =>
  callersOf(environment).flatMap(({ credentials }, index) =>
    credentials.map((credential, position) => ({
      credential,
      caller: `callers[${index}]`,
      path: ["proxy", "callers", index, "credentials", position],
    })),
  );

const CREDENTIALS: Readonly<Record<Haproxy["authentication"]["kind"], readonly string[]>> = {
  jwt: ["subject"],
  "mutual-tls": ["certificate", "certificate-name"],
};

/** The part of a managed network that the endpoint's subnets use. The rest is free. */
function firstHalf(cidrBlock: string): string {
  const [address, bits] = cidrBlock.split("/");
  return `${address}/${Number(bits) + 1}`;
}

const addressRule: Rule = {
  path: ["proxy", "addresses"],
  needs: ["proxy", "vpcEndpoint"],
  states:
    "No block of `proxy.addresses` overlaps the first half of `vpcEndpoint.network.cidrBlock`: the subnets of the VPC endpoint use it.",
  broken: ({ proxy: { addresses }, vpcEndpoint }) => {
    if (addresses === "any" || vpcEndpoint.kind !== "managed" || vpcEndpoint.network.kind !== "managed")
      return undefined;
    const taken = firstHalf(vpcEndpoint.network.cidrBlock);
    const message = `must not contain addresses of ${taken}, which the stack uses for the VPC endpoint's subnets: name only the proxy's subnets, for example in the second half of vpcEndpoint.network.cidrBlock`;
    return addresses.flatMap((block, index) =>
      overlap(block, taken) ? [{ path: ["proxy", "addresses", index], message }] : [],
    );
  },
};

/** Rules between the proxy's fields: the addresses from which it calls, and its callers. */
export const proxyRules: readonly Rule[] = [
  addressRule,
  {
    path: ["proxy", "callers"],
    needs: ["proxy"],
    states: "Each caller has its own `name`.",
    broken: (environment) => {
      const names = callersOf(environment).map(({ name }) => name);
      return names.flatMap((name, index) => {
        const first = names.indexOf(name);
        const message = `must not be the name of callers[${first}] too: give each caller its own name`;
        return first === index ? [] : [{ path: ["proxy", "callers", index, "name"], message }];
      });
    },
  },
  {
    path: ["proxy", "callers"],
    needs: ["proxy"],
    states: "No credential belongs to two callers.",
    broken: (environment) => {
      const all = credentialsOf(environment).map((each) => ({
        ...each,
        text: JSON.stringify(each.credential),
      }));
      return all.flatMap(({ path, text }, index) => {
        const first = all.find((other) => other.text === text);
        const message = `must not be a credential of ${first?.caller} too: each credential belongs to one caller`;
        return first === all[index] ? [] : [{ path, message }];
      });
    },
  },
  {
    path: ["proxy", "callers"],
    needs: ["proxy"],
    states:
      "The kind of each credential fits `authentication.kind`: `subject` for `jwt`, `certificate` or `certificate-name` for `mutual-tls`.",
    broken: (environment) => {
      if (environment.proxy.kind !== "haproxy") return undefined;
      const { kind } = environment.proxy.authentication;
      const known = CREDENTIALS[kind];
      const message = `must be ${known.map((each) => `"${each}"`).join(" or ")}: proxy.authentication.kind decides which credentials the proxy accepts`;
      return credentialsOf(environment).flatMap(({ credential, path }) =>
        known.includes(credential.kind) ? [] : [{ path: [...path, "kind"], message }],
      );
    },
  },
  {
    path: ["proxy", "callers"],
    needs: ["proxy"],
    states: "`limits.connections` of a caller is at most `limits.connections` of the proxy.",
    broken: (environment) => {
      if (environment.proxy.kind !== "haproxy") return undefined;
      const all = environment.proxy.limits.connections;
      const message = "must be at most proxy.limits.connections, which all callers share";
      return callersOf(environment).flatMap(({ limits }, index) =>
        limits.connections <= all
          ? []
          : [{ path: ["proxy", "callers", index, "limits", "connections"], message }],
      );
    },
  },
];
