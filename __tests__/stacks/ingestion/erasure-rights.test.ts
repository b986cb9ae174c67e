import { describe, expect, it } from "vitest";
import { loadEnvironment } from "../../support/environments.ts";
import { resource, synthesize } from "../../support/synthesize.ts";

const dev = loadEnvironment("dev");

function synthesizeWith(deletedDocumentDays: number) {
  return synthesize({ ...dev, retention: { ...dev.retention, deletedDocumentDays } });
}

const [removed, kept] = [synthesizeWith(0), synthesizeWith(30)];

/** Each right of a role to objects and versions of documents, as "action prefix". */
function rightsOf({ json }: typeof removed, role: string): string[] {
  const { policy } = resource({ json } as typeof removed, "aws_iam_role_policy", `roles_${role}_policy`);
  const { Statement } = JSON.parse(String(policy)) as {
    Statement: { Action: string | string[]; Resource: string | string[] }[];
  };
  return Statement.flatMap(({ Action, Resource }) =>
    [Resource].flat().flatMap((arn) => {
      const prefix = /(documents|deleted)\/\*$/.exec(arn)?.[0];
      return prefix === undefined ? [] : [Action].flat().map((action) => `${action} ${prefix}`);
    }),
  ).sort();
}

describe("the rights to remove documents", () => {
  it("reach nothing but documents where nothing is kept", () => {
    const writeAndRemove = ["s3:DeleteObjectVersion documents/*", "s3:PutObject documents/*"];

    expect(rightsOf(removed, "api_function")).toEqual(writeAndRemove);
    expect(rightsOf(removed, "queue_function")).toEqual(writeAndRemove);
    expect(rightsOf(removed, "sweep_function")).toEqual([
      "s3:DeleteObjectVersion deleted/*",
      "s3:DeleteObjectVersion documents/*",
    ]);
    expect(rightsOf(removed, "document_reader")).toEqual(["s3:GetObject documents/*"]);
  });

  it("let those copy that remove, where deleted documents are kept, and nobody read the copies", () => {
    const copy = ["s3:GetObjectVersion documents/*", "s3:PutObject deleted/*"];

    expect(rightsOf(kept, "api_function")).toEqual([...rightsOf(removed, "api_function"), ...copy].sort());
    expect(rightsOf(kept, "sweep_function")).toEqual(
      [...rightsOf(removed, "sweep_function"), ...copy].sort(),
    );
    expect(rightsOf(kept, "queue_function")).toEqual(rightsOf(removed, "queue_function"));
    expect(rightsOf(kept, "document_reader")).toEqual(rightsOf(removed, "document_reader"));
  });

  it("can't be outgrown by the Terraform variable alone", () => {
    const conditionsOf = ({ json }: typeof removed) =>
      JSON.stringify(json.variable["deleted_document_days"]?.["validation"]);

    expect(conditionsOf(removed)).toContain("<= 0");
    expect(conditionsOf(kept)).toContain(">= 1");
  });
});
