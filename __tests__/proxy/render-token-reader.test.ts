import { describe, expect, it } from "vitest";
import { luaText } from "../../proxy/render-token-reader.ts";

describe(luaText, () => {
  it.each([
    ["https://a.example.com/~_-.:?#[]@!$&()*+,;=%", '"https://a.example.com/~_-.:?#[]@!$&()*+,;=%"'],
    ['a"b', '"a\\034b"'],
    ["a\\b", '"a\\092b"'],
    ["a\n1\x001", '"a\\0101\\0001"'],
    ["é", '"\\195\\169"'],
    ["", '""'],
  ])("writes %j as a literal of Lua", (text, literal) => {
    expect(luaText(text)).toBe(literal);
  });
});
