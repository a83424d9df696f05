// DuckDB previewing past events: USAGE.csv (account, number, model, crops, images) and ACCOUNTS.csv (account, included, prepaid) under two versions.
// Amounts are units of 10^-5 credits. Writes a line of JSON per query; what reads it checks the sums.
import { DuckDBInstance } from '@duckdb/node-api';

const [, , usage, accounts, threads] = process.argv;
const connection = await (await DuckDBInstance.create(':memory:')).connect();
await connection.run(`set threads to ${Number(threads)}`);
await connection.run(`create table account as select * from read_csv('${accounts}', header = true, columns = {'account': 'INTEGER', 'included': 'BIGINT', 'prepaid': 'BIGINT'})`);
await connection.run(`create table usage as select * from read_csv('${usage}', header = true,
  columns = {'account': 'INTEGER', 'number': 'INTEGER', 'model': 'TINYINT', 'crops': 'BIGINT', 'images': 'BIGINT'}) order by account, number`);

const perModel = 'when model = 1 then 100000 when model = 2 then 200000 when model = 3 then 500000';
const crops = 'least(crops, 5000) * 15 + least(crops, 100000) * 3 + crops * 2';
const published = `case ${perModel} else least(images, 1000) * 60 + least(images, 5000) * 20 + images * 20 + ${crops} end`;
const draft = `case ${perModel} else least(images, 1000) * 60 + least(images, 5000) * 10 + images * 30 + ${crops} end`;
const flex = (sum, amount) => `sum(${amount} - (least(${sum}, included + prepaid) - least(${sum} - ${amount}, included + prepaid)))`;
const queries = [
  { name: 'DuckDB: price only, one version', text: `select sum(${published})::BIGINT as a from usage` },
  {
    name: 'DuckDB: two versions, drawn per account, differences',
    text: `
      with priced as (select account, number, ${published} as a, ${draft} as b from usage),
      running as (select *, sum(a) over upto as sum_a, sum(b) over upto as sum_b from priced window upto as (partition by account order by number rows unbounded preceding)),
      per_account as (
        select account, sum(a) as a, sum(b) as b, count(*) filter (where a <> b) as changed, ${flex('sum_a', 'a')} as flex_a, ${flex('sum_b', 'b')} as flex_b
        from running join account using (account) group by account)
      select sum(a)::BIGINT as a, sum(b)::BIGINT as b, sum(changed)::BIGINT as changed, sum(flex_a)::BIGINT as flex_a, sum(flex_b)::BIGINT as flex_b from per_account`,
  },
];

for (const { name, text } of queries) {
  let best = Infinity;
  let row;
  for (let round = 0; round < 5; round++) {
    const start = process.hrtime.bigint();
    row = (await connection.runAndReadAll(text)).getRowObjects()[0];
    best = Math.min(best, Number(process.hrtime.bigint() - start) / 1e6);
  }
  console.log(JSON.stringify({ name, milliseconds: best, sums: Object.values(row).map(String) }));
}
process.exit(0);
