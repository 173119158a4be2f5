// A query and its sources in, the rows as CSV out: Comunica finds out by itself what each source is.
import { QueryEngine } from "@comunica/query-sparql";

const [query, ...sources] = process.argv.slice(2);
const engine = new QueryEngine();
const result = await engine.query(query, { sources });
const { data } = await engine.resultToString(result, result.resultType === "quads" ? "text/turtle" : "text/csv");
for await (const part of data) {
    process.stdout.write(part);
}
