import { describe, expect, it } from "vitest";
import { readContentTypes } from "../../../../functions/ingestion/payload/read-content-types.ts";

const namespace = "http://schemas.openxmlformats.org/package/2006/content-types";
const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const entries =
  '<Default Extension="XML" ContentType="Application/xml"/><Override PartName="/Word/a.xml" ContentType="text/a"/>';
const listOf = (inner: string, before = declaration) =>
  `${before}<Types xmlns="${namespace}">${inner}</Types>`;
const list = listOf(entries);

const types = {
  defaults: new Map([["xml", "application/xml"]]),
  overrides: new Map([["word/a.xml", "text/a"]]),
};

describe(readContentTypes, () => {
  it.each([
    ["with a declaration", list],
    ["without a declaration", listOf(entries, "")],
    ["behind a byte order mark", `\u00ef\u00bb\u00bf${list}`],
    ["with a declaration that names no encoding", listOf(entries, "<?xml version='1.0'?>\r\n")],
    ["with lines and blanks", list.replaceAll(" ", "\r\n\t ").replaceAll("><", ">\n<").concat("\n")],
    [
      "with blanks around the signs",
      list.replaceAll("=", " = ").replaceAll("/>", " />").replaceAll("Types>", "Types >"),
    ],
    ["with single quotes", list.replaceAll('"', "'")],
    [
      "with elements that end apart",
      list.replace('xml"/>', 'xml"></Default>').replace('a"/>', 'a"> </Override >'),
    ],
    [
      "with further namespaces",
      list.replace("<Types", '<Types xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'),
    ],
    [
      "with a prefix, as Python's ElementTree writes it",
      list.replaceAll(/<(\/?)(?=[TDO])/g, "<$1ns0:").replace("xmlns", "xmlns:ns0"),
    ],
    ["with attributes in another order", list.replace(/(PartName=\S+) (ContentType="text\/a")/, "$2 $1")],
  ])("reads a list %s", (_what, text) => {
    expect(readContentTypes(text)).toEqual(types);
  });

  it("reads the named characters of XML", () => {
    const inner = '<Override PartName="/&lt;&gt;&amp;&quot;&apos;amp;" ContentType="a"/>';

    expect(readContentTypes(listOf(inner))?.overrides).toEqual(new Map([[`<>&"'amp;`, "a"]]));
  });

  it("reads a list of nothing", () => {
    expect(readContentTypes(listOf(""))).toEqual({ defaults: new Map(), overrides: new Map() });
  });

  it.each([
    ["nothing", ""],
    ["text alone", "Types"],
    ["text before it", `a${list}`],
    ["text behind it", `${list}a`],
    ["another list behind it", list + list],
    ["text between its elements", listOf(`${entries}a`)],
    ["no end", list.replace("</Types>", "")],
    ["another root", list.replaceAll("Types>", "types>")],
    ["no namespace", list.replace(/ xmlns="[^"]*"/, "")],
    ["another namespace", list.replace("2006", "2007")],
    ["a prefix that is of another namespace", list.replaceAll(/<(\/?)(?=[TDO])/g, "<$1ns0:")],
    ["an attribute of its root", list.replace("<Types", '<Types a="b"')],
    ["an element of another prefix", list.replace("<Override", "<x:Override")],
    ["an element that ends as another one", list.replace('xml"/>', 'xml"></Override>')],
    ["an end of another prefix", list.replace("</Types", "</x:Types")],
    ["an element in an element", list.replace('xml"/>', 'xml"><Default/></Default>')],
    ["another element", listOf(`${entries}<Other PartName="/a" ContentType="b"/>`)],
    ["an element in other letters", list.replace("<Override", "<override")],
    ["a further attribute", list.replace("<Default", '<Default a=">"')],
    ["an attribute too few", list.replace(' ContentType="text/a"', "")],
    ["an attribute twice", list.replace("<Default", '<Default Extension="a"')],
    ["an attribute in other letters", list.replace("PartName", "partname")],
    ["an attribute without quotes", list.replace('"text/a"', "a")],
    ["an attribute that is in another one", list.replace("<Override", `<Override a=' PartName="/b"'`)],
    ["an angle bracket in an attribute", list.replace("text/a", "text/<")],
    ["attributes without a blank between them", list.replace('XML" ', 'XML"')],
    ["an instruction", listOf(`<?a ${entries} ?>`)],
    ["an instruction before it", `<?a b="c"?>${list}`],
    ["a comment", listOf(`<!-- ${entries} -->`)],
    ["a comment before it", listOf(entries, "<!-- a -->")],
    ["a document type", listOf(entries, `${declaration}<!DOCTYPE Types>`)],
    ["text as it is", listOf(`<![CDATA[${entries}]]>`)],
    ["a numbered character", list.replace("text/a", "text/&#97;")],
    ["a character of its own name", list.replace("text/a", "text/&a;")],
    ["a bare ampersand", list.replace("text/a", "text/&")],
    ["another encoding", list.replace("UTF-8", "UTF-7")],
    ["two encodings", list.replace("encoding", 'encoding="UTF-7" encoding')],
    ["UTF-16", Buffer.from(list, "utf16le").toString("latin1")],
    ["two types of one ending", listOf(`${entries}<Default Extension="xml" ContentType="b"/>`)],
    ["two types of one part", listOf(`${entries}<Override PartName="/word/A.xml" ContentType="b"/>`)],
    ["a part without a slash before it", list.replace("/Word", "Word")],
    ["a blank that is none in XML", list.replace("<Default ", "<Default\u00a0")],
  ])("refuses a list with %s", (_what, text) => {
    expect(readContentTypes(text)).toBeUndefined();
  });

  it.each([" ", "a ", "<Default ", 'a="b" ', "a=", "<", "&amp;"])(
    "answers a long list of %j at once",
    (filling) => {
      const long = filling.repeat(131_072 / filling.length);

      for (const text of [
        long,
        listOf(`${long}<`),
        list.replace("<Default", `<Default ${long}<`),
        `<Types ${long}`,
      ]) {
        expect(readContentTypes(text)).toBeUndefined();
      }
    },
  );
});
